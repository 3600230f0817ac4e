import { PerduraError } from 'perdura';

/** What `load` imports: a package that only the users of `feature` install. @throws PerduraError `PACKAGE_MISSING` */
export async function optionalPackage<T>(feature: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    throw PerduraError.from(error, 'PACKAGE_MISSING', feature, name, String(code ?? message));
  }
}
