import type { CatalogState } from '../../catalog/catalog-state.js';
import type { CheckedExtension } from '../../protocol/extensions/served-extension.js';
import type { AppOptions } from '../app-options.js';
import type { Backend } from '../backend.js';
import type { Parts } from './parts.js';

/** An app that was checked and whose backend is open: all that what serves and works it is made from. */
export interface OpenedApp {
  readonly options: AppOptions;
  readonly parts: Parts;
  readonly extensions: readonly CheckedExtension[];
  readonly backend: Backend;
  readonly state: CatalogState;
  readonly report: (error: unknown, reference: string) => void;
}
