import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Description, Items } from 'perdura';

/** What the task is asked. */
export class Question {
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  @Description('What to find out, in a sentence.')
  question!: string;
}

/** What the planner answers. */
export class Plan {
  @IsArray()
  @IsString({ each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(4)
  @Items(() => String)
  @Description('Parts of the question that can be researched on their own, the most important first.')
  parts!: string[];
}

/** A statement and the line that shows it. */
export class Claim {
  @IsString()
  @IsNotEmpty()
  @Description('One statement that helps to answer the question.')
  text!: string;

  @IsString()
  @Description('The document, by the path that the tools gave.')
  path!: string;

  @IsInt()
  @Min(1)
  @Description('The line of the document that shows it.')
  line!: number;

  @IsString()
  @IsNotEmpty()
  @Description('Words copied from that line, character for character.')
  quote!: string;
}

/** What researchers and the editor answer: no claims where the library has no answer. */
export class Findings {
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Items(() => Claim)
  claims!: Claim[];
}

/** What the task returns. */
export class Report {
  @IsString()
  @Description('The report as a resource, in Markdown.')
  uri!: string;

  @IsString()
  question!: string;

  @IsBoolean()
  @Description('False where the library has no answer; then there are no claims.')
  answered!: boolean;

  @IsArray()
  @IsString({ each: true })
  @Items(() => String)
  parts!: string[];

  @IsArray()
  @ValidateNested({ each: true })
  @Items(() => Claim)
  @Description('Every quote was found on its line.')
  claims!: Claim[];

  @IsString()
  markdown!: string;
}
