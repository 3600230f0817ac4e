const SECRET_WORDS = new Set(
  [
    'password',
    'passwd',
    'passphrase',
    'passcode',
    'pwd',
    'secret',
    'token',
    'apikey',
    'credential',
    'otp',
    'totp',
    'pin',
  ]
    .concat(['card', 'creditcard', 'cvv', 'cvc', 'ssn'])
    .flatMap((word) => [word, `${word}s`]),
);
const SECRET_PAIRS = new Set(['api key', 'private key', 'access key', 'secret key', 'one time', 'social security']);

/**
 * Whether a field's name says that it holds a secret: `password`, `apiKey`, `card_number`, `otp`. Whole words
 * count, so that `shipping` is no `pin`; a count such as `maxTokens` is no token.
 */
export function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  if (/^(max|min|total|count|num|used|input|output)$/.test(words[0] ?? '') && words[1] === 'tokens') return false;
  return words.some((word, index) => SECRET_WORDS.has(word) || SECRET_PAIRS.has(`${words[index - 1]} ${word}`));
}
