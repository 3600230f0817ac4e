import { IsInt, IsString, Max, Min } from 'class-validator';
import { Description, Injectable, Task, type TaskContext, Tool } from 'perdura';
import { Agency } from './agency.js';

class Trip {
  @IsString() @Description('Where to go') to!: string;
  @IsInt() @Min(1) @Max(30) @Description('How many nights to stay') nights = 2;
}

@Injectable()
export class Trips {
  constructor(private readonly agency: Agency) {}

  @Tool({ name: 'price', description: 'What a trip would cost.', input: Trip, annotations: { readOnlyHint: true } })
  price({ nights }: Trip) {
    return `${60 + 90 * nights} euros`;
  }

  @Task({ name: 'book', description: 'Book a trip.', input: Trip })
  async book({ to, nights }: Trip, ctx: TaskContext) {
    // A step that is recorded is never run again, whatever becomes of this process.
    const seat = await ctx.step('seat', (key) => this.agency.reserve(`a seat to ${to}`, key));
    ctx.progress(1, 2, 'The seat is booked');
    await ctx.sleep('2s'); // or days: it holds no process meanwhile
    const room = await ctx.step('room', (key) => this.agency.reserve(`${nights} nights in ${to}`, key));
    return { seat, room };
  }
}
