import type { Class } from '../metadata/class.js';
import { declare } from '../metadata/declarations.js';
import type { AgentOptions } from '../metadata/options.js';
import { Injectable } from './injectable.js';
import { requireCall } from './legacy.js';

/** Makes a class an agent for `ctx.agent`: a loop of model turns over tools. The class itself needs no members. */
export function Agent(options: AgentOptions): (target: Class) => void {
  requireCall('Agent', options);
  return (target) => {
    Injectable()(target);
    declare({ kind: 'agent', target, member: '', on: 'class', options });
  };
}
