import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitRequestFormParams,
  ElicitResult,
  InputRequest,
  InputResponse,
} from '../spec.js';
import type { Awaitable } from '../metadata/class.js';

/** How a test's client answers what the server asks; what is not given is not declared as a capability either. */
export interface Answers {
  /** Answers `elicitation/create`. */
  readonly elicit?: (form: ElicitRequestFormParams) => Awaitable<ElicitResult>;
  /** Answers `sampling/createMessage`, tools included. */
  readonly sample?: (request: CreateMessageRequestParams) => Awaitable<CreateMessageResult>;
  /** Answers `roots/list`. */
  readonly roots?: () => Awaitable<readonly { readonly uri: string; readonly name?: string }[]>;
}

/** The capabilities that a client with these answers declares. */
export function capabilitiesOf(answers: Answers): ClientCapabilities {
  return {
    ...(answers.elicit && { elicitation: { form: {} } }),
    ...(answers.sample && { sampling: { tools: {} } }),
    ...(answers.roots && { roots: {} }),
  };
}

/** Answers one question as the client of the test does. */
export async function answer(answers: Answers, question: InputRequest): Promise<InputResponse> {
  if (question.method === 'elicitation/create' && answers.elicit) return { ...(await answers.elicit(question.params)) };
  if (question.method === 'sampling/createMessage' && answers.sample)
    return { ...(await answers.sample(question.params)) };
  if (question.method === 'roots/list' && answers.roots) return { roots: await answers.roots() };
  throw new Error(`The server asked ${question.method}, which this client did not declare.`);
}
