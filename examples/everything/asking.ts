import { IsBoolean, IsIn, IsInt, IsNumber, IsString } from 'class-validator';
import { type CallContext, type CreateMessageResult, Description, Injectable, jsonSchema, Tool } from 'perdura';

class Prompted {
  @IsString() @Description('What the model is asked') prompt!: string;
}

class Message {
  @IsString() @Description('What the user is told') message!: string;
}

class Response {
  @IsString() @Description("The user's response") response!: string;
}

class Defaults {
  @IsString() name = 'John Doe';
  @IsInt() age = 30;
  @IsNumber() score = 95.5;
  @IsIn(['active', 'inactive', 'pending']) status = 'active';
  @IsBoolean() verified = true;
}

const TITLED = [
  { const: 'value1', title: 'First' },
  { const: 'value2', title: 'Second' },
  { const: 'value3', title: 'Third' },
];
const OPTIONS = ['option1', 'option2', 'option3'];

/** The five ways to write a choice (SEP-1330); a class says each of them in one way only. */
const CHOICES = jsonSchema({
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: OPTIONS },
    titledSingle: { type: 'string', oneOf: TITLED },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option 1', 'Option 2', 'Option 3'] },
    untitledMulti: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', enum: OPTIONS } },
    titledMulti: { type: 'array', minItems: 1, maxItems: 3, items: { anyOf: TITLED } },
  },
});

/** Tools that ask, on whichever revision they are called. */
@Injectable()
export class AskingTools {
  @Tool({ name: 'test_sampling', description: "Asks the client's model.", input: Prompted })
  async sampling({ prompt }: Prompted, ctx: CallContext): Promise<string> {
    return `LLM response: ${textOf(await ctx.sample(asking(prompt)))}`;
  }

  @Tool({ name: 'test_elicitation', description: 'Asks the user.', input: Message })
  async elicitation({ message }: Message, ctx: CallContext): Promise<string> {
    return accepted(await ctx.elicit(message, Response));
  }

  @Tool({ name: 'test_elicitation_sep1034_defaults', description: 'Asks by a form that is filled in already.' })
  async defaults(_: unknown, ctx: CallContext): Promise<string> {
    return accepted(await ctx.elicit('Please review these values.', Defaults));
  }

  @Tool({ name: 'test_elicitation_sep1330_enums', description: 'Asks by a form of choices.' })
  async choices(_: unknown, ctx: CallContext): Promise<string> {
    return accepted(await ctx.elicit('Please choose.', CHOICES));
  }

  @Tool({ name: 'test_streaming_elicitation', description: 'Asks the user after some progress.' })
  async streaming(_: unknown, ctx: CallContext): Promise<string> {
    ctx.progress(0, 1, 'Asking');
    return accepted(await ctx.elicit('Shall it go on?', Response));
  }

  @Tool({ name: 'test_missing_capability', description: 'Cannot do without sampling.' })
  async missing(_: unknown, ctx: CallContext): Promise<string> {
    return textOf(await ctx.sample(asking('Are you there?')));
  }
}

/** A request to the client's model for a short answer. */
export function asking(prompt: string) {
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }], maxTokens: 100 };
}

/** The text of what the client's model answered. */
export function textOf({ content }: CreateMessageResult): string {
  const blocks = Array.isArray(content) ? content : [content];
  return blocks.map((block) => (block.type === 'text' ? block.text : `(${block.type})`)).join('\n');
}

function accepted(content: unknown): string {
  return `User response: action=accept, content=${JSON.stringify(content)}`;
}
