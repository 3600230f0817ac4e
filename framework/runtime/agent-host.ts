import type { CallToolResult } from '../spec.js';
import type { AgentHost } from './agent-port.js';
import type { CallPlace } from './call-frame.js';
import { startOnce } from './crash-policy.js';
import { takeTurn } from './sampling.js';

/** The host of one agent's loop, whose scope is `place`'s. */
export function agentHost({ frame, scope, depth }: CallPlace): AgentHost {
  const { effects, services } = frame;
  return {
    depth,
    async turn(request) {
      // Only what was said: other instructions or tools do not undo what a model answered before a deploy.
      const turn = { name: 'turn', request, asked: request.messages, limit: services.limits.answerBytes };
      const { value, replayed } = await takeTurn(
        effects,
        scope,
        services.model ? { ...turn, model: services.model } : turn,
      );
      return { answer: value, replayed };
    },
    async callTool(useId, entry, input) {
      const { value } = await effects.record(scope, {
        name: `tool:${useId}`,
        asked: ['tool', entry.name, input],
        ...(entry.definition.annotations?.destructiveHint === true && {
          begin: startOnce(effects, scope, {
            policy: 'ask',
            what: `The tool "${entry.name}"`,
            limit: services.limits.answerBytes,
          }),
        }),
        perform: (key) =>
          scope.activity.branch((activity) =>
            services.callTool(entry, input, { frame, scope: scope.callee(key, activity), depth }),
          ),
      });
      return value as CallToolResult;
    },
    report: (event, replayed) => frame.progress.agentTurn(event, replayed),
  };
}
