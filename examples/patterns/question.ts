import { Description } from 'perdura';
import { IsString } from 'class-validator';

/** What every pattern here is asked. */
export class Question {
  @IsString() @Description('What is to be answered or done') question!: string;
}
