/** How many tools a subject is to have: its first argument. The first is called `add`, the others `add_1`, `add_2`... */
const count = Number(process.argv[2] ?? 1);

export const DESCRIPTION = 'Adds two numbers.';
export const NAMES: readonly string[] = ['add', ...Array.from({ length: count - 1 }, (_, index) => `add_${index + 1}`)];
