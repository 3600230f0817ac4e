import { NestFactory } from '@nestjs/core';
import { StreamableHttpTransport } from '@rekog/mcp-nest';
import { AppModule, strategy } from './mcp-nest.js';
import { tellUsage } from './peer.js';

const app = await NestFactory.create(AppModule, { logger: false });
const mcp = strategy(new StreamableHttpTransport());
mcp.setHttpAdapter(app.getHttpAdapter());
app.connectMicroservice({ strategy: mcp });
await app.startAllMicroservices();
await app.listen(0, '127.0.0.1');
tellUsage();
process.send({ url: `${await app.getUrl()}/mcp` });
