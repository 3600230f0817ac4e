import { Agent } from '../../../framework/decorators/agent.js';
import { Prompt } from '../../../framework/decorators/prompt.js';
import { Resource } from '../../../framework/decorators/resource.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { declarationsOf } from '../../../framework/metadata/declarations.js';

const about = { name: 'name', description: 'Does it.' };
const file = { name: 'file', uri: 'file:///a' };
const instructions = { instructions: 'Be careful.' };

@Tool(about)
@Agent(instructions)
class Whole {
  call() {}
}

class Parts {
  @Tool(about)
  tool() {}
  @Task(about)
  task() {}
  @Resource(file)
  resource() {
    return '';
  }
  @Prompt(about)
  prompt() {
    return '';
  }
  @Tool(about)
  static never() {}
}

describe('a decorator', () => {
  it('leaves a record on the class that it stands on, naming the method that runs', () => {
    expect(declarationsOf(Whole)).toEqual([
      { kind: 'agent', target: Whole, member: '', on: 'class', options: instructions },
      { kind: 'tool', target: Whole, member: 'call', on: 'class', options: about },
    ]);
  });

  it('leaves a record on the class of the method that it stands on', () => {
    expect(declarationsOf(Parts)).toEqual([
      { kind: 'tool', target: Parts, member: 'tool', on: 'method', options: about },
      { kind: 'task', target: Parts, member: 'task', on: 'method', options: about },
      { kind: 'resource', target: Parts, member: 'resource', on: 'method', options: file },
      { kind: 'prompt', target: Parts, member: 'prompt', on: 'method', options: about },
      { kind: 'tool', target: Parts, member: 'never', on: 'static', options: about },
    ]);
  });

  it.each([
    [Task(about), 'task', 'call'],
    [Resource(file), 'resource', 'read'],
    [Prompt(about), 'prompt', 'get'],
  ] as const)('on a class runs the method of its kind: %#', (decorator, kind, member) => {
    class Decorated {}
    (decorator as (target: object) => void)(Decorated);
    expect(declarationsOf(Decorated)).toMatchObject([{ kind, member, on: 'class' }]);
  });

  it('leaves records that nobody can change', () => {
    const [declaration] = declarationsOf(Whole);
    expect(() => Object.assign(declaration ?? {}, { member: 'other' })).toThrow(TypeError);
    expect(() => (declarationsOf(Whole) as unknown[]).push({})).toThrow(TypeError);
  });

  it('is not inherited', () => {
    class Heir extends Whole {}
    expect(declarationsOf(Heir)).toEqual([]);

    @Tool(about)
    class Own extends Whole {}
    expect(declarationsOf(Own)).toHaveLength(1);
    expect(declarationsOf(Whole)).toHaveLength(2);
  });
});
