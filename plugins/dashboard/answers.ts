/** Everything comes from here, nothing is inline, and nobody else may frame it. */
const POLICY = [
  "default-src 'none'",
  ...['style', 'script', 'img', 'connect'].map((kind) => `${kind}-src 'self'`),
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY.join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export const answer = (type: string, body: string, status = 200): Response =>
  new Response(body, { status, headers: { ...HEADERS, 'content-type': `${type}; charset=utf-8` } });

export const says = (status: number, sentence: string): Response => answer('text/plain', `${sentence}\n`, status);

/** Sends the browser on to a page of the dashboard, by GET. */
export const seeOther = (path: string): Response =>
  new Response(null, { status: 303, headers: { ...HEADERS, location: path } });
