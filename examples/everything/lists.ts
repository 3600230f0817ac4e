import { type EntryKind, Injectable, LiveCatalog, Prompt, Tool } from 'perdura';

const NAME = 'test_comes_and_goes';

/** Lists that change while the server runs. */
@Injectable()
export class ListTools {
  constructor(private readonly catalog: LiveCatalog) {}

  @Tool({ name: 'test_trigger_tool_change', description: 'Takes a tool out of the list, or puts it back.' })
  tools(): Promise<string> {
    return this.#change('tool');
  }

  @Tool({ name: 'test_trigger_prompt_change', description: 'Takes a prompt out of the list, or puts it back.' })
  prompts(): Promise<string> {
    return this.#change('prompt');
  }

  @Tool({ name: NAME, description: 'Is there, or is not.' })
  tool(): string {
    return 'It is there.';
  }

  @Prompt({ name: NAME, description: 'Is there, or is not.' })
  prompt(): string {
    return 'It is there.';
  }

  async #change(kind: EntryKind): Promise<string> {
    if (this.catalog.isEnabled(kind, NAME)) await this.catalog.disable(kind, NAME);
    else await this.catalog.enable(kind, NAME);
    return `The ${kind}s have changed.`;
  }
}
