import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { McpController, McpStrategy, Tool } from '@rekog/mcp-nest';
import { z } from 'zod';
import { DESCRIPTION, NAMES } from './peer.js';

const parameters = z.object({ a: z.number(), b: z.number() });

class AddController {}
for (const [index, name] of NAMES.entries()) {
  const member = `add${index}`;
  const call = async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] });
  Object.defineProperty(AddController.prototype, member, { value: call, writable: true, configurable: true });
  // What a compiler makes of decorators.
  const descriptor = Object.getOwnPropertyDescriptor(AddController.prototype, member);
  Payload()(AddController.prototype, member, 0);
  Tool({ name, description: DESCRIPTION, parameters })(AddController.prototype, member, descriptor);
  Object.defineProperty(AddController.prototype, member, descriptor);
}
McpController()(AddController);

/** @rekog/mcp-nest, set up as its README does. */
export class AppModule {}
Module({ controllers: [AddController] })(AppModule);

export const strategy = (transport) =>
  new McpStrategy({ name: 'bench', version: '1.0.0', transports: [transport], logging: false });
