import { IsInt, IsString, Max, Min } from 'class-validator';
import { createApp, Description, Task, type TaskContext, Tool } from 'perdura';
import { serveHttp } from 'perdura/http';

class Dice {
  @IsInt() @Min(2) @Max(100) @Description('How many sides the dice has') sides = 6;
}

class Trip {
  @IsString() @Description('Where to go') to!: string;
}

@Tool({ name: 'roll', description: 'Roll a dice.', input: Dice })
class Roll {
  call({ sides }: Dice) {
    return `You rolled ${1 + Math.floor(Math.random() * sides)}.`;
  }
}

@Task({ name: 'plan_trip', description: 'Plan a trip and remember every step of it.', input: Trip, ttl: '1h' })
class PlanTrip {
  async call({ to }: Trip, ctx: TaskContext) {
    const route = await ctx.step('route', () => `home -> station -> ${to}`); // once it is recorded, no restart repeats it
    ctx.progress(1, 2, 'Route found');
    const { content } = await ctx.sample({
      messages: [{ role: 'user', content: { type: 'text', text: `What to pack for ${to}?` } }],
    });
    return { route, packing: content };
  }
}

const app = await createApp({ name: 'first-server', version: '1.0.0', use: [Roll, PlanTrip] });
console.error(`Listening on ${(await serveHttp(app, { port: Number(process.env['PORT'] ?? 3000) })).url}`);
