/**
 * The seconds after which a provider asks to be asked again (RFC 9110, 10.2.3: seconds or a date); undefined where it says nothing.
 * Some also say milliseconds, in a header of their own. `header` reads one by its name in lower case.
 */
export function retryAfter(header: (name: string) => string | null | undefined): number | undefined {
  const precise = header('retry-after-ms') ?? '';
  if (/^\d+(\.\d+)?$/.test(precise.trim())) return Math.ceil(Number(precise) / 1000);
  const given = header('retry-after')?.trim();
  if (given === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
