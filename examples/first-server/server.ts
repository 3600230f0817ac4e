import { IsInt, IsString, Max, Min } from 'class-validator';
import { createApp, Description, Task, type TaskContext, Tool } from 'perdura';
import { serveHttp } from 'perdura/http';

class Trip {
  @IsString() @Description('Where to go') to!: string;
  @IsInt() @Min(1) @Max(30) @Description('How many nights to stay') nights = 2;
}

class Trips {
  @Tool({ name: 'price', description: 'What a trip would cost.', input: Trip })
  price({ nights }: Trip) {
    return `${60 + 90 * nights} euros`;
  }

  @Task({ name: 'book', description: 'Book a trip.', input: Trip })
  async book({ to, nights }: Trip, ctx: TaskContext) {
    const seat = await ctx.step('seat', () => `a seat to ${to}`); // once it is recorded, no restart books it again
    ctx.progress(1, 2, 'The seat is booked');
    await ctx.sleep('2s'); // or days: it holds no worker meanwhile
    const room = await ctx.step('room', () => `${nights} nights in ${to}`);
    return { seat, room };
  }
}

const app = await createApp({ name: 'trips', version: '1.0.0', use: [Trips] });
console.error(`Listening on ${(await serveHttp(app, { port: Number(process.env['PORT'] ?? 3000) })).url}`);
