/** Injects the {@link Principal} of the call; whatever takes it, however deep, is made anew for each call. */
export const PRINCIPAL = Symbol.for('perdura:principal');

/** Injects the {@link CallContext}; whatever takes it, however deep, is made anew for each call. */
export const CALL_CONTEXT = Symbol.for('perdura:call-context');
