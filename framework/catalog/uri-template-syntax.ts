/** How RFC 6570 writes an expression; the empty one is simple expansion. */
export type Operator = '' | '+' | '#' | '.' | '/' | ';' | '?' | '&';

export interface Expression {
  readonly operator: Operator;
  readonly names: readonly string[];
}

/** A template in its parts: literal text and expressions, in order. */
export type TemplateParts = readonly (string | Expression)[];

/** The most characters of a URI or of a template. */
export const MOST_CHARACTERS = 2048;

const EXPRESSION = /^([+#./;?&]?)(\w[\w.,]*)$/;
const NAME = /^\w+(?:\.\w+)*$/;
// Read from a URI into an object, so none of them may be a name.
const UNSAFE: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Takes a template apart, or says what is wrong with it, as the end of a sentence. */
export function parseTemplate(template: unknown): TemplateParts | string {
  if (typeof template !== 'string') return 'is no text';
  if (template.length > MOST_CHARACTERS) return `has more than ${MOST_CHARACTERS} characters`;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(template)) return 'does not begin with a fixed scheme';
  const parts: (string | Expression)[] = [];
  for (const [index, piece] of template.split('{').entries()) {
    const close = piece.indexOf('}');
    if (index > 0 && close < 0) return `has no "}" for the "{" before "${piece}"`;
    const literal = index === 0 ? piece : piece.slice(close + 1);
    if (index > 0) {
      const expression = parseExpression(piece.slice(0, close));
      if (typeof expression === 'string') return expression;
      parts.push(expression);
    }
    if (literal.includes('}')) return 'has a "}" without a "{"';
    if (!isUriText(literal)) return 'has a space or a control character in it';
    if (literal !== '') parts.push(literal);
  }
  return problemOf(parts) ?? parts;
}

/** Whether text is free of what no URI holds: spaces and control characters. */
export function isUriText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u0020\u007f]/.test(text);
}

/** The variables of a template, in order. */
export function variablesOf(parts: TemplateParts): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : part.names));
}

function parseExpression(text: string): Expression | string {
  if (/[*:]/.test(text)) return `has "{${text}}", and the modifiers "*" and ":" are of level 4`;
  const [, operator, list] = EXPRESSION.exec(text) ?? [];
  const names = list?.split(',') ?? [];
  if (names.length === 0 || !names.every((name) => NAME.test(name))) return `has "{${text}}", which is no expression`;
  const unsafe = names.find((name) => UNSAFE.includes(name));
  if (unsafe !== undefined) return `has a variable named "${unsafe}", which every object inherits`;
  return { operator: operator as Operator, names };
}

function problemOf(parts: TemplateParts): string | undefined {
  const names = variablesOf(parts);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (names.length === 0) return 'has no variable, so it is a fixed uri';
  if (repeated !== undefined) return `has the variable "${repeated}" twice`;
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    // Nothing would say where one value ends and the next begins.
    if (typeof before === 'object' && typeof part === 'object' && (part.operator === '' || part.operator === '+')) {
      return `has nothing between "${before.names.at(-1)}" and "${part.names[0]}"`;
    }
  }
  return undefined;
}
