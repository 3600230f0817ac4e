import { type CallContext, type CallToolResult, Injectable, Tool, ToolError } from 'perdura';
import { PNG, WAV } from './media.js';

const image = { type: 'image', data: PNG, mimeType: 'image/png' } as const;

/** Every kind of content that a tool can return. */
@Injectable()
export class ContentTools {
  @Tool({ name: 'test_simple_text', description: 'Returns text.' })
  simpleText(): string {
    return 'This is a simple text response for testing.';
  }

  @Tool({ name: 'test_image_content', description: 'Returns an image.' })
  image(): CallToolResult {
    return { content: [image] };
  }

  @Tool({ name: 'test_audio_content', description: 'Returns a sound.' })
  audio(): CallToolResult {
    return { content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] };
  }

  @Tool({ name: 'test_embedded_resource', description: 'Returns a resource.' })
  resource(): CallToolResult {
    const text = 'This is an embedded resource content.';
    return { content: [{ type: 'resource', resource: { uri: 'test://embedded', mimeType: 'text/plain', text } }] };
  }

  @Tool({ name: 'test_multiple_content_types', description: 'Returns text, an image and a resource.' })
  mixed(): CallToolResult {
    const resource = { uri: 'test://mixed', mimeType: 'application/json', text: '{"test":"data","value":123}' };
    return {
      content: [{ type: 'text', text: 'Multiple content types test:' }, image, { type: 'resource', resource }],
    };
  }
}

/** What a tool can tell of itself while it runs, and how it fails. */
@Injectable()
export class TellingTools {
  @Tool({ name: 'test_tool_with_logging', description: 'Writes three log messages.' })
  async logging(_: unknown, ctx: CallContext): Promise<string> {
    ctx.log.info('Tool execution started');
    await ctx.sleep('50ms');
    ctx.log.info('Tool processing data');
    await ctx.sleep('50ms');
    ctx.log.info('Tool execution completed');
    return 'Logged three messages.';
  }

  @Tool({ name: 'test_logging_tool', description: 'Writes one log message.' })
  oneMessage(_: unknown, ctx: CallContext): string {
    ctx.log.info('For whoever asked for log messages');
    return 'Logged one message.';
  }

  @Tool({ name: 'test_tool_with_progress', description: 'Reports its progress.' })
  async progress(_: unknown, ctx: CallContext): Promise<string> {
    for (const done of [0, 50, 100]) {
      ctx.progress(done, 100, `${done} of 100`);
      await ctx.sleep('50ms');
    }
    return 'Done.';
  }

  @Tool({ name: 'test_reconnection', description: 'Closes its stream and goes on: the result is on the next one.' })
  async reconnection(_: unknown, ctx: CallContext): Promise<string> {
    ctx.closeStream();
    await ctx.sleep('100ms');
    return 'The client has come back for this.';
  }

  @Tool({ name: 'test_error_handling', description: 'Fails.' })
  fail(): never {
    throw new ToolError('This tool intentionally returns an error for testing');
  }
}
