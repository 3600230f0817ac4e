/**
 * How long anything that must come may take, in milliseconds. It says nothing of speed, which depends on what else the
 * machine does: it only ends what hangs.
 */
export const HANG = 200_000;
