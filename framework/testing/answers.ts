import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestFormParams,
  ElicitRequestUrlParams,
  ElicitResult,
  InputRequest,
  InputResponse,
  Json,
} from '../spec.js';
import type { Awaitable } from '../metadata/class.js';

/** What a user makes of a form. */
type FormAnswer = Omit<ElicitResult, 'content'> & { readonly content?: Readonly<Record<string, unknown>> };

/** How a test's client answers what the server asks; what is not given is not declared as a capability either. */
export interface Answers {
  /** Answers `elicitation/create`, with content that fits the form or, to see what becomes of it, with any other. */
  readonly elicit?: (form: ElicitRequestFormParams) => Awaitable<FormAnswer>;
  /** Answers `elicitation/create` in URL mode: whether the user lets the client open the page. */
  readonly visit?: (page: ElicitRequestUrlParams) => Awaitable<ElicitResult>;
  /** Answers `sampling/createMessage`, tools included. */
  readonly sample?: (request: CreateMessageRequestParams) => Awaitable<CreateMessageResult>;
  /** Answers `roots/list`. */
  readonly roots?: () => Awaitable<readonly { readonly uri: string; readonly name?: string }[]>;
  /** The extensions that the client declares and their settings, by id (SEP-2133), beside that of tasks. */
  readonly extensions?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** The capabilities that a client with these answers declares. */
export function capabilitiesOf(answers: Answers): ClientCapabilities {
  return {
    ...((answers.elicit || answers.visit) && {
      elicitation: { ...(answers.elicit && { form: {} }), ...(answers.visit && { url: {} }) },
    }),
    ...(answers.sample && { sampling: { tools: {} } }),
    ...(answers.roots && { roots: {} }),
    ...(answers.extensions && { extensions: answers.extensions }),
  } as ClientCapabilities;
}

/** Answers one question as the client of the test does. */
export async function answer(answers: Answers, question: InputRequest): Promise<InputResponse> {
  if (question.method === 'elicitation/create') {
    const { params } = question;
    if (params.mode === 'url' && answers.visit) return { ...(await answers.visit(params)) };
    if (params.mode !== 'url' && answers.elicit) return { ...((await answers.elicit(params)) as ElicitResult) };
  }
  if (question.method === 'sampling/createMessage' && answers.sample)
    return { ...(await answers.sample(question.params)) };
  if (question.method === 'roots/list' && answers.roots) return { roots: await answers.roots() };
  throw new Error(`The server asked ${question.method}, which this client did not declare.`);
}
