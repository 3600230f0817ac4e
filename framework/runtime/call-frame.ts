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
  readonly runAgent: RunAgent;
  /** The model of agents that choose none; `ctx.sample` always asks the client's. Default: the client's. */
  readonly model?: ModelChoice | undefined;
  /** Told of what agents do; what it throws goes to `report`. */
  readonly onAgentEvent?: ((event: AgentEvent) => void) | undefined;
  /** Around what agents ask models. */
  readonly aroundModel?: ModelInterceptor | undefined;
  /** Where `ctx.task` finds tasks; without it there are none. */
  readonly catalog?: Catalog;
  /** Where `ctx.elicitUrl` sends users; without it there are none. */
  readonly pages?: Pages | undefined;
  /** Told of errors that no caller can be told of. */
  readonly report: Report;
  /** Calls a tool from within a call; errors of the tool are results. */
  readonly callTool: (entry: ToolEntry, input: unknown, place: CallPlace) => Promise<CallToolResult>;
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
}
