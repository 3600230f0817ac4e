import {
  IsArray,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Description, Items, Tool, ToolError } from 'perdura';
import { Library } from './library/library.js';

class SearchInput {
  @IsString()
  @IsNotEmpty()
  @MaxLength(300)
  @Description('Words to look for; forms of a word are found too.')
  query!: string;

  @IsInt() @Min(1) @Max(20) @IsOptional() limit = 8;
}

class FoundPassage {
  @IsString() path!: string;
  @IsInt() @Description('The first line of `text`; lines count from 1.') line!: number;
  @IsInt() endLine!: number;
  @IsString() @Description('The headings above it, outermost first.') heading!: string;
  @IsString() @Description('The lines exactly as they stand in the document.') text!: string;
  @IsNumber() score!: number;
}

class SearchOutput {
  @IsArray()
  @ValidateNested({ each: true })
  @Items(() => FoundPassage)
  passages!: FoundPassage[];
}

@Tool({
  name: 'search',
  description: 'Find passages in the library, the best first.',
  input: SearchInput,
  output: SearchOutput,
  annotations: { readOnlyHint: true, openWorldHint: false },
})
export class Search {
  constructor(private readonly library: Library) {}

  call({ query, limit }: SearchInput): SearchOutput {
    return { passages: this.library.search(query, limit) };
  }
}

class ReadInput {
  @IsString() @MaxLength(1_000) @Description('A path that `search` gave.') path!: string;
  @IsInt() @Min(1) @IsOptional() @Description('The first line to read.') line = 1;
  @IsInt() @Min(1) @Max(200) @IsOptional() @Description('How many lines to read.') lines = 40;
}

class ReadOutput {
  @IsString() path!: string;

  @IsArray()
  @IsString({ each: true })
  @Items(() => String)
  @Description('Each line as `number| text`.')
  lines!: string[];
}

@Tool({
  name: 'read',
  description: 'Read lines of a document of the library.',
  input: ReadInput,
  output: ReadOutput,
  annotations: { readOnlyHint: true, openWorldHint: false },
})
export class Read {
  constructor(private readonly library: Library) {}

  call({ path, line, lines }: ReadInput): ReadOutput {
    const text = this.library.read(path, line, lines);
    if (text === undefined) throw new ToolError('The library has no such document. Use a path that search gave.');
    return { path, lines: text.map((content, index) => `${line + index}| ${content}`) };
  }
}
