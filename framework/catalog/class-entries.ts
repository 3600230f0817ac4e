import type { Class } from '../metadata/class.js';
import type { Declaration } from '../metadata/declaration.js';
import { constructorMistakes } from '../metadata/constructor-mistakes.js';
import { declarationsOf } from '../metadata/declarations.js';
import type { PromptEntry, ResourceEntry, ToolEntry } from './catalog.js';
import { checkHandler } from './check-handler.js';
import { checkOptions } from './check-options.js';
import { promptEntry } from './prompt-entry.js';
import type { Mistakes } from './mistakes.js';
import { resourceEntry, type TemplateDraft } from './resource-entry.js';
import type { Shapes } from './shapes.js';
import { toolEntry } from './tool-entry.js';

/** All that one class offers. */
export interface ClassEntries {
  readonly tools: readonly ToolEntry[];
  readonly resources: readonly ResourceEntry[];
  readonly templates: readonly TemplateDraft[];
  readonly prompts: readonly PromptEntry[];
  /** Put together last: their tools may be on classes that come later. */
  readonly agents: readonly Extract<Declaration, { kind: 'agent' }>[];
}

/** Reads what the decorators left on a class, in the order in which they are written. */
export function classEntries(target: Class, shapes: Shapes, mistakes: Mistakes): ClassEntries {
  const tools: ToolEntry[] = [];
  const resources: ResourceEntry[] = [];
  const templates: TemplateDraft[] = [];
  const prompts: PromptEntry[] = [];
  const agents: Extract<Declaration, { kind: 'agent' }>[] = [];
  mistakes.found.push(...constructorMistakes(target));
  for (const declared of declarationsOf(target)) {
    checkHandler(declared, mistakes);
    const declaration = checkOptions(declared, mistakes);
    if (declaration === undefined) continue;
    switch (declaration.kind) {
      case 'tool':
      case 'task':
        tools.push(toolEntry(declaration, shapes, mistakes));
        break;
      case 'resource': {
        const entry = resourceEntry(declaration, mistakes);
        if (entry && 'template' in entry) templates.push(entry);
        else if (entry) resources.push(entry);
        break;
      }
      case 'prompt':
        prompts.push(promptEntry(declaration, shapes, mistakes));
        break;
      case 'agent':
        agents.push(declaration);
    }
  }
  return { tools, resources, templates, prompts, agents };
}
