import { IsString } from 'class-validator';
import { Description, Injectable, Prompt, type PromptMessage } from 'perdura';
import { PNG } from './media.js';

class TwoArguments {
  @IsString() @Description('First test argument') arg1!: string;
  @IsString() @Description('Second test argument') arg2!: string;
}

class Embedded {
  @IsString() @Description('URI of the resource to embed') resourceUri!: string;
}

const WORDS = ['paris', 'park', 'party', 'test', 'testing'];

@Injectable()
export class Prompts {
  @Prompt({ name: 'test_simple_prompt', description: 'A prompt without arguments.' })
  simple(): string {
    return 'This is a simple prompt for testing.';
  }

  @Prompt({
    name: 'test_prompt_with_arguments',
    description: 'A prompt with two arguments, the first of which is completed.',
    input: TwoArguments,
    complete: { arg1: (value) => WORDS.filter((word) => word.startsWith(value)) },
  })
  withArguments({ arg1, arg2 }: TwoArguments): string {
    return `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`;
  }

  @Prompt({ name: 'test_prompt_with_embedded_resource', description: 'A prompt with a resource.', input: Embedded })
  withResource({ resourceUri }: Embedded): PromptMessage[] {
    const resource = { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
    return [
      { role: 'user', content: { type: 'resource', resource } },
      { role: 'user', content: { type: 'text', text: 'Please process the embedded resource above.' } },
    ];
  }

  @Prompt({ name: 'test_prompt_with_image', description: 'A prompt with an image.' })
  withImage(): PromptMessage[] {
    return [
      { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
      { role: 'user', content: { type: 'text', text: 'Please analyze the image above.' } },
    ];
  }
}
