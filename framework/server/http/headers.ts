/** `application/json` in UTF-8; parameters other than another charset change nothing. */
const JSON_TYPE = /^application\/json[ \t]*(;[ \t]*(?!charset=)[!-~][^;]*)*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

export function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || (contentType !== undefined && JSON_TYPE.test(contentType));
}

/**
 * Whether a client that said what it accepts takes an answer of ours. Clients MUST list JSON and event streams; who lists
 * only one, or sends no `Accept` at all, is served all the same (a person with curl), but nobody is sent what they cannot mean.
 */
export function acceptsAnswer(accept: string | undefined): boolean {
  return accept === undefined || /(application\/(json|\*)|text\/(event-stream|\*)|\*\/\*)/i.test(accept);
}

export function acceptsStream(accept: string | undefined): boolean {
  return accept === undefined || /(text\/(event-stream|\*)|\*\/\*)/i.test(accept);
}
