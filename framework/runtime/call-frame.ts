import type { Catalog, ToolEntry } from '../catalog/catalog.js';
import type { ModelChoice } from '../metadata/model.js';
import type { CallToolResult } from '../spec.js';
import type { ActivationRun } from './activation.js';
import type { AgentEvent } from './agents/agent-events.js';
import type { RunAgent } from './agents/agent-port.js';
import type { Report } from './call-failure.js';
import { CallProgress } from './call-progress.js';
import type { CallSite } from './call.js';
import { Deferred } from './deferred.js';
import { Effects } from './journal/effects.js';
import type { ModelInterceptor } from './agents/model-interceptor.js';
import type { Pages } from './asking/page.js';
import type { Scope } from './scope.js';

/** What contexts need of the runtime; one for all calls. */
export interface Services {
  readonly model?: ModelChoice;
  /** Told of what agents do. */
  readonly onAgentEvent?: (event: AgentEvent) => void;
  readonly aroundModel?: ModelInterceptor;
  /** Where `ctx.task` finds the tasks. */
  readonly catalog?: Catalog;
  /** Where `ctx.elicitUrl` sends users. */
  readonly pages?: Pages;
  readonly limits: RuntimeLimits;
  readonly runAgent: RunAgent;
  /** Told of errors that no caller can be told of. */
  readonly report: Report;
  /** Calls a tool from within a call; errors of the tool are results. */
  readonly callTool: (entry: ToolEntry, input: unknown, place: CallPlace) => Promise<CallToolResult>;
}

export interface RuntimeLimits {
  /** The most bytes of one result. */
  readonly resultBytes: number;
  /** The most bytes of one answer of the client or a model. */
  readonly answerBytes: number;
}

/** What all contexts of one call share: its own, its branches' and those of the tools that its agents call. */
export class CallFrame {
  readonly effects: Effects;
  private told?: CallProgress;
  private deferred?: Deferred;

  constructor(
    readonly site: CallSite,
    readonly run: ActivationRun,
    readonly services: Services,
    /** The name of the catalog entry. */
    readonly name: string,
  ) {
    this.effects = new Effects(site, run);
  }

  get progress(): CallProgress {
    return (this.told ??= new CallProgress(this.site.channel));
  }

  defer(cleaner: () => unknown): void {
    (this.deferred ??= new Deferred(this.run, this.services.report)).add(cleaner);
  }
}

/** Where in a call a context stands. */
export interface CallPlace {
  readonly frame: CallFrame;
  readonly scope: Scope;
  /** How many agents it is inside of. */
  readonly depth: number;
}
