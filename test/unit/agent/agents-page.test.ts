// The code of docs/agents.md, run through the public door.
import { IsArray, IsString } from 'class-validator';
import { Agent, createApp, Task, type TaskContext, Tool } from 'perdura';
import { scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';

//#region agent
class Query {
  @IsString() query!: string;
}

class Finding {
  @IsString() claim!: string;
  @IsArray() @IsString({ each: true }) sources!: string[];
}

@Tool({ name: 'search', description: 'Find passages in the library.', input: Query })
class Search {
  call({ query }: Query) {
    return `spec.md:12: ${query} is a protocol.`;
  }
}

@Agent({ instructions: 'You are a careful research librarian. Cite your sources.', tools: [Search], maxTurns: 8 })
class Researcher {}

@Task({ name: 'research', description: 'Answer a question from the library.', input: Query, output: Finding })
class Research {
  async call({ query }: Query, ctx: TaskContext) {
    const { value } = await ctx.agent(Researcher, { prompt: query, output: Finding });
    return value;
  }
}
//#endregion

const finding = { claim: 'MCP is a protocol.', sources: ['spec.md:12'] };
const turns = [{ calls: [{ name: 'search', input: { query: 'MCP' } }] }, JSON.stringify(finding)];

describe.each(['2025-11-25', '2026-07-28'] as const)('the agent of the agents page on %s', (revision) => {
  it("thinks with the client's model, inside a task", async () => {
    const model = scriptedModel(turns);
    const app = await createApp({ name: 'library', version: '1.0.0', use: [Research, Researcher, Search] });
    const client = await connect(app, { revision, sample: model });
    expect(await client.runTask('research', { query: 'What is MCP?' })).toMatchObject({ structuredContent: finding });
    expect(model.requests).toHaveLength(2);
    await app.close();
  });

  it("thinks with the server's model, for a client that has none", async () => {
    //#region model
    const model = scriptedModel(turns);
    const app = await createApp({ name: 'library', version: '1.0.0', use: [Research, Researcher, Search], model });
    //#endregion
    const client = await connect(app, { revision });
    expect(await client.runTask('research', { query: 'What is MCP?' })).toMatchObject({ structuredContent: finding });
    await app.close();
  });
});
