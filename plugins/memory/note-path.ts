import { ToolError } from 'perdura';

const LONGEST = 256;
const DEEPEST = 8;
/** Nothing that a URI would have to escape, and none of the names that file systems have for other folders. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,64}$/;

/** Whether notes may be called so: names in folders, none of which leads out of its own. */
export function isNotePath(path: string): boolean {
  const names = path.split('/');
  return path.length <= LONGEST && names.length <= DEEPEST && names.every((name) => NAME.test(name));
}

/** @throws ToolError that a model can do something about, where notes may not be called so */
export function checkNotePath(path: string): void {
  if (isNotePath(path)) return;
  throw new ToolError(
    'A path is up to 8 names of 1 to 64 letters, digits, "_", "-" and ".", parted by "/", such as "plans/garden.md": choose another.',
  );
}

export const uriOf = (path: string): string => `${INDEX_URI}${path}`;

/** Of the resource that lists all notes. */
export const INDEX_URI = 'memory://';
