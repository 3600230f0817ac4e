import { NestFactory } from '@nestjs/core';
import { StdioTransport } from '@rekog/mcp-nest';
import { AppModule, strategy } from './mcp-nest.js';
import { tellUsage } from './peer.js';

tellUsage();
const app = await NestFactory.createMicroservice(AppModule, {
  strategy: strategy(new StdioTransport()),
  logger: false,
});
await app.listen();
