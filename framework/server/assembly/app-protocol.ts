import { milliseconds } from '../../metadata/duration.js';
import { Admission } from '../../protocol/admission.js';
import { createProtocol } from '../../protocol/create-protocol.js';
import type { Protocol } from '../../protocol/protocol.js';
import { createCursors } from '../../protocol/sealed/cursors.js';
import { createRequestStateCodec } from '../../protocol/sealed/request-state-aes.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { Implementation } from '../../spec.js';
import type { Tasks } from '../../tasks/tasks.js';
import type { AppOptions } from '../app-options.js';
import type { OpenedApp } from './opened-app.js';

/** Makes what serves an app's requests, of both revisions. */
export function createAppProtocol(
  { options, extensions, backend, state, report }: OpenedApp,
  identity: Implementation,
  { runtime, tasks }: { readonly runtime: Runtime; readonly tasks: Tasks },
): Protocol {
  const { instructions, limits = {}, stateTtl } = options;
  const keys = options.stateKeys ?? (backend.stateKey === undefined ? [] : [backend.stateKey]);
  return createProtocol({
    identity,
    ...(instructions !== undefined && { instructions }),
    catalog: state.offered,
    whole: state.whole,
    onChange: (listener) => state.onChange(listener),
    runtime,
    tasks,
    extensions,
    requestState: createRequestStateCodec({ keys, ...(stateTtl !== undefined && { ttl: milliseconds(stateTtl) }) }),
    cursors: createCursors(keys),
    admission: new Admission(limits),
    pageSize: limits.pageSize ?? 100,
    subscriptionsPerOwner: limits.subscriptions ?? 8,
    report,
    ...(backend.shared && { place: backend.shared.post.address }),
  });
}

/** Who the server says it is. */
export function identityOf({ name, version, title, description, websiteUrl, icons }: AppOptions): Implementation {
  return {
    name,
    version,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(websiteUrl !== undefined && { websiteUrl }),
    ...(icons && { icons: [...icons] }),
  };
}
