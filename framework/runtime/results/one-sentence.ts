/**
 * Our sentences end with what to do about it, often as a sentence of its own. The message of a JSON-RPC error is a single one
 * (`schema`, Error), while a result for a model may say as much as helps.
 */
export const oneSentence = (message: string): string =>
  message.replace(/[.?!] ([A-Z])(?=[a-z])/g, (_, letter: string) => `; ${letter.toLowerCase()}`);
