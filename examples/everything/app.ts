import { type App, type AppOptions, createApp } from 'perdura';
import { ArgumentTools } from './arguments.js';
import { AskingTools } from './asking.js';
import { InputRequiredTools } from './input-required.js';
import { ListTools } from './lists.js';
import { Prompts } from './prompts.js';
import { Resources } from './resources.js';
import { TaskTools } from './tasks.js';
import { dashboard } from 'perdura/plugins/dashboard';
import { skills } from 'perdura/plugins/skills';
import { ContentTools, TellingTools } from './tools.js';

/** A server with one of everything; its first tool takes no arguments. */
export function everythingApp(options: Partial<AppOptions> = {}): Promise<App> {
  return createApp({
    name: 'everything',
    version: '1.0.0',
    description: 'One of everything that the official conformance suites ask for.',
    use: [
      ContentTools,
      TellingTools,
      ArgumentTools,
      AskingTools,
      InputRequiredTools,
      ListTools,
      TaskTools,
      Resources,
      Prompts,
      dashboard({ allow: 'loopback' }),
      skills({ folder: new URL('./skills', import.meta.url), pageSize: 2 }),
    ],
    ...options,
  });
}
