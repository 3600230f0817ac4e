import { type AppOptions, createApp, type Plugin } from 'perdura';
import { Trips } from './trips.js';

/** What the server is. Tests put it together in their own way. */
export const options = { name: 'starter', version: '0.1.0', use: [Trips] } satisfies AppOptions;

/** The same in every process. With Redis its tasks outlive them all; without, they live in the memory of this one. */
export const openApp = (...plugins: Plugin[]) =>
  createApp({ ...options, use: [...options.use, ...plugins], tasks: { redis: process.env.REDIS_URL } });
