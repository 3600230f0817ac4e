/** A text that is safe to show on a terminal: documents and servers must not move its cursor or change its title. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu, '');
}
