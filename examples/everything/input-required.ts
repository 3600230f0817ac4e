import { IsBoolean, IsString } from 'class-validator';
import { type CallContext, Injectable, Prompt, Tool } from 'perdura';
import { asking, textOf } from './asking.js';

export class UserName {
  @IsString() name!: string;
}

class Color {
  @IsString() color!: string;
}

class Confirmation {
  @IsBoolean() ok!: boolean;
}

class PromptContext {
  @IsString() context!: string;
}

const WHO = 'What is your name?';

/** Calls that end with questions and go on with the answers (SEP-2322): plain code, under keys that the client knows. */
@Injectable()
export class InputRequiredTools {
  @Tool({ name: 'test_input_required_result_elicitation', description: 'Asks for a name.' })
  async elicitation(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit(WHO, UserName, { key: 'user_name' });
    return `Hello, ${name}!`;
  }

  @Tool({ name: 'test_input_required_result_sampling', description: "Asks the client's model for a capital." })
  async sampling(_: unknown, ctx: CallContext): Promise<string> {
    return textOf(await ctx.sample(asking('What is the capital of France?'), { key: 'capital_question' }));
  }

  @Tool({ name: 'test_input_required_result_list_roots', description: 'Asks for the roots of the client.' })
  async listRoots(_: unknown, ctx: CallContext): Promise<string> {
    const roots = await ctx.roots({ key: 'client_roots' });
    return roots.map(({ uri, name }) => `${name ?? 'Unnamed'}: ${uri}`).join('\n');
  }

  @Tool({ name: 'test_input_required_result_request_state', description: 'Remembers what it did before it asked.' })
  async requestState(_: unknown, ctx: CallContext): Promise<string> {
    const state = await ctx.step('before', () => 'state-ok');
    await ctx.elicit('Please confirm.', Confirmation, { key: 'confirm' });
    return state;
  }

  @Tool({ name: 'test_input_required_result_multiple_inputs', description: 'Asks three questions at once.' })
  async multipleInputs(_: unknown, ctx: CallContext): Promise<string> {
    const [{ name }, greeting, roots] = await Promise.all([
      ctx.elicit(WHO, UserName, { key: 'user_name' }),
      ctx.sample(asking('Generate a greeting'), { key: 'greeting' }),
      ctx.roots({ key: 'client_roots' }),
    ]);
    return `${textOf(greeting)} ${name} works in ${roots.length} places.`;
  }

  @Tool({ name: 'test_input_required_result_multi_round', description: 'Asks twice, one after the other.' })
  async multiRound(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit(`Step 1: ${WHO}`, UserName, { key: 'step1' });
    const { color } = await ctx.elicit('Step 2: What is your favorite color?', Color, { key: 'step2' });
    return `${name} likes ${color}.`;
  }

  @Tool({ name: 'test_input_required_result_tampered_state', description: 'Asks; its state cannot be changed.' })
  async tamperedState(_: unknown, ctx: CallContext): Promise<string> {
    await ctx.elicit('Please confirm.', Confirmation, { key: 'confirm' });
    return 'The state is what it was.';
  }

  @Tool({ name: 'test_input_required_result_capabilities', description: 'Asks whatever the client can be asked.' })
  async capabilities(_: unknown, ctx: CallContext): Promise<string> {
    const { elicitation, sampling } = ctx.client.capabilities;
    const [user, model] = await Promise.all([
      elicitation && ctx.elicit(WHO, UserName, { key: 'user_name' }),
      sampling && ctx.sample(asking('Generate a greeting'), { key: 'greeting' }),
    ]);
    return `${model ? textOf(model) : 'Hello,'} ${user?.name ?? 'whoever you are'}!`;
  }

  @Prompt({ name: 'test_input_required_result_prompt', description: 'A prompt that asks for its context.' })
  async prompt(_: unknown, ctx: CallContext): Promise<string> {
    const { context } = await ctx.elicit('What context should the prompt use?', PromptContext, { key: 'user_context' });
    return `Answer in this context: ${context}`;
  }
}
