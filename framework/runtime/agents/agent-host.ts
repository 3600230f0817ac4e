import type { InterceptedTurn, Summary } from '../../metadata/agent-hooks.js';
import type { ToolCaller } from '../../metadata/agent-tool.js';
import type { Awaitable } from '../../metadata/class.js';
import type { CallToolResult, CreateMessageResult, Json } from '../../spec.js';
import type { AgentEvent } from './agent-events.js';
import type { AgentHost, AgentStart, AgentToolCall, AgentTurn, TakenTurn } from './agent-port.js';
import { around } from './agent-interception.js';
import { callAgentTool, callerOf } from './agent-tool-call.js';
import { textOf, toolUsesOf } from './answer-content.js';
import { askModel, type ModelQuestion, type ModelReply, modelsOf, requireModel } from '../asking/ask-model.js';
import type { CallPlace } from '../call-frame.js';
import type { AgentResult, AgentStop, AgentUsage } from '../context.js';
import { fingerprintOnce } from '../journal/fingerprint.js';
import { timeOf } from '../journal/inbox.js';
import { AgentMeter, type Division, Meter } from '../budget/meter.js';
import { startBudget } from '../budget/start-budget.js';
import { checkedMessage } from '../asking/untrusted-answer.js';
import type { TurnUsage } from '../budget/usage.js';

/** A turn as the journal keeps it: the answer, what it used, and what was decided when it was taken. */
type RecordedTurn = CreateMessageResult & {
  readonly usage?: TurnUsage;
  readonly limit?: AgentStop;
  readonly room?: number;
  /** A summary that was made for it, and what that used. */
  readonly summary?: Summary;
  readonly aside?: AgentUsage;
  /** The place of the model that answered, in the list of those that could. */
  readonly choice?: number;
  /** What that model wants to see again with its answer. */
  readonly carry?: Json;
};

interface Taking {
  readonly key: string;
  readonly fingerprint: string;
  readonly turn: AgentTurn;
  readonly models: ModelQuestion['models'];
}

interface Aside extends Pick<ModelQuestion, 'key' | 'models' | 'request'> {
  readonly aside: Meter;
}

type Without<E> = E extends AgentEvent ? Omit<E, 'callId' | 'agent' | 'at'> : never;

/** The host of one agent's loop, whose scope is `place`'s. */
export class AgentRun implements AgentHost {
  #name = '';
  #meter: AgentMeter;
  #choice = 0;
  #replayed = true;
  readonly #began = performance.now();

  constructor(private readonly place: CallPlace) {
    this.#meter = new AgentMeter({}, place.scope.meter);
  }

  get depth(): number {
    return this.place.scope.depth;
  }

  get used(): AgentUsage {
    return this.#meter.used;
  }

  get caller(): ToolCaller {
    return callerOf(this.place);
  }

  async start({ name, budget }: AgentStart): Promise<void> {
    this.#name = name;
    const { frame, scope } = this.place;
    this.#meter = new AgentMeter(await startBudget(frame.effects, scope, budget), scope.meter);
    this.#tell({ kind: 'agent-started', key: this.#key });
  }

  async turn(turn: AgentTurn): Promise<TakenTurn> {
    const { frame, scope } = this.place;
    const models = modelsOf(turn.model ?? frame.services.model ?? 'client');
    requireModel(frame.effects, models, turn.usesTools ? 'sampling.tools' : 'sampling', 'This agent');
    const began = performance.now();
    const { key, value, replayed } = await frame.effects.record(scope, {
      name: 'turn',
      // Only what was said: other instructions or tools do not undo what a model answered before a deploy. Each message for itself,
      // so that a long conversation is not gone through anew on every turn.
      asked: ['sample', turn.messages.map(fingerprintOnce)],
      perform: (own, _, print) => this.#take({ key: own, fingerprint: print, turn, models }),
    });
    const { usage = {}, limit, room, summary, aside, choice = 0, carry, ...answer } = value as RecordedTurn;
    this.#choice = choice;
    this.#replayed = replayed;
    this.#meter.add({ turns: 1, ...usage });
    if (aside) this.#meter.add(aside);
    const toolCalls = toolUsesOf(answer).map((use) => use.name.slice(0, 128));
    const took = replayed ? {} : { took: performance.now() - began };
    const told = { kind: 'turn-ended', key, turn: turn.number, model: answer.model, usage, toolCalls } as const;
    this.#tell({ ...told, replayed, ...took });
    frame.progress.agentTurn({ agent: turn.agent, turn: turn.number, toolCalls }, replayed);
    return {
      answer,
      ...(carry !== undefined && { carry }),
      ...(limit !== undefined && { limit }),
      ...(room !== undefined && { room }),
      ...(summary && { summary }),
    };
  }

  round(calls: number): Division {
    this.#meter.add({ toolCalls: calls });
    return this.#meter.divide(calls);
  }

  async callTool(call: AgentToolCall): Promise<CallToolResult> {
    const { useId, name: tool } = call;
    const began = performance.now();
    const started = (key: string): void => this.#tell({ kind: 'tool-started', key, tool, useId });
    const { key, value, replayed } = await callAgentTool(this.place, call, started);
    const took = replayed ? {} : { took: performance.now() - began };
    this.#tell({ kind: 'tool-ended', key, tool, useId, isError: value.isError === true, replayed, ...took });
    return value;
  }

  end(result?: AgentResult<unknown>): void {
    const { used } = this.#meter;
    const replayed = this.#replayed;
    const took = replayed ? {} : { took: performance.now() - this.#began };
    const { turns, toolCalls } = result ?? used;
    const told = { kind: 'agent-ended', key: this.#key, usage: used, turns, toolCalls, replayed } as const;
    this.#tell({ ...told, ...took, ...(result && { stop: result.stop }) });
  }

  busy<T>(work: () => Awaitable<T>): Promise<T> {
    return this.place.scope.activity.run(work);
  }

  async #take({ key, fingerprint, turn, models }: Taking): Promise<RecordedTurn> {
    const began = performance.now();
    this.#tell({ kind: 'turn-started', key, turn: turn.number });
    try {
      const limit = turn.limit ?? this.#meter.reached(timeOf(this.place.frame.site.inbox));
      const aside = new Meter();
      const { request: prepared, summary } = await turn.request(limit, (request) =>
        this.#ask({ key, models, request, aside }),
      );
      let reply: ModelReply | undefined;
      const given = await around('turn', turn.intercept ?? [], prepared, {
        see: (request): InterceptedTurn => ({ agent: turn.agent, turn: turn.number, request, caller: this.caller }),
        work: async (request) => {
          const onText = (piece: string): void =>
            this.place.frame.progress.agentText({ agent: turn.agent, turn: turn.number }, piece);
          reply = await this.#model({ key, fingerprint, request, models, onText }, key);
          return reply.answer;
        },
      });
      const { usage = {}, choice = this.#choice, carry } = reply ?? {};
      const isOwn = given === reply?.answer;
      const { toolCalls: room } = this.#meter.rest;
      return {
        // An interceptor's answer is held to the same rules as a model's.
        ...(isOwn ? given : checkedMessage(key, given)),
        // It belongs to what the model said, and not to what was made of that.
        ...(isOwn && carry !== undefined && { carry }),
        usage,
        ...(limit !== undefined && { limit }),
        ...(room !== undefined && { room }),
        ...(summary && { summary }),
        ...(aside.used.turns > 0 && { aside: aside.used }),
        ...(choice > 0 && { choice }),
      };
    } catch (error) {
      const failed = { kind: 'turn-ended', key, turn: turn.number, toolCalls: [], failed: true } as const;
      this.#tell({ ...failed, replayed: false, took: performance.now() - began });
      throw error;
    }
  }

  /** Asks the model something aside, for the turn of that key: recorded by itself, so that it survives where the turn is cut off. */
  async #ask({ key, models, request, aside }: Aside): Promise<string> {
    const { frame, scope } = this.place;
    const { value } = await frame.effects.record(scope.child(`${key}~context`, scope.activity), {
      name: 'turn',
      asked: ['sample', request.messages],
      perform: async (own, _, fingerprint): Promise<RecordedTurn> => {
        const { answer, usage } = await this.#model({ key: own, fingerprint, request, models }, key);
        return { ...answer, usage };
      },
    });
    const { usage = {}, ...answer } = value as RecordedTurn;
    aside.add({ turns: 1, ...usage });
    return textOf(answer);
  }

  /** `turn` is the key of the turn that it is asked for. */
  #model(question: Omit<ModelQuestion, 'from' | 'signal'>, turn: string): Promise<ModelReply> {
    const { frame, scope } = this.place;
    const rest = { from: this.#choice, signal: frame.effects.signalIn(scope) };
    const ask = (): Promise<ModelReply> => askModel(frame.effects, scope, { ...question, ...rest });
    const { aroundModel } = frame.services;
    return aroundModel ? aroundModel({ callId: frame.site.callId, key: turn, agent: this.#name }, ask) : ask();
  }

  get #key(): string {
    return this.place.scope.path.slice(0, -1);
  }

  #tell(event: Without<AgentEvent>): void {
    const { site, services } = this.place.frame;
    services.onAgentEvent?.({ ...event, callId: site.callId, agent: this.#name, at: Date.now() } as AgentEvent);
  }
}
