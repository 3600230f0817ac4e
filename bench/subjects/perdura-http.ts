import { IsNumber } from 'class-validator';
import { createApp, Injectable, Tool } from 'perdura';
import { serveHttp } from 'perdura/http';
import { listening } from '../child.js';

class Addends {
  @IsNumber() a!: number;
  @IsNumber() b!: number;
}

@Injectable()
class Calculator {
  add(a: number, b: number): number {
    return a + b;
  }
}

@Tool({ name: 'add', description: 'Adds two numbers.', input: Addends })
class Add {
  constructor(private readonly calculator: Calculator) {}

  call({ a, b }: Addends): string {
    return String(this.calculator.add(a, b));
  }
}

const app = await createApp({ name: 'bench', version: '1.0.0', use: [Add] });
const { url } = await serveHttp(app, { port: 0 });
listening(url);
