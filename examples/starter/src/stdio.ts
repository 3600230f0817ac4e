import { serveStdio } from 'perdura/stdio';
import { openApp } from './app.js';

serveStdio(await openApp());
