import { systemClock } from '../../core/time.ts';
import { createObjectStore, type ObjectStore } from '../../delivery/object-store.ts';
import { presignDownload } from '../../delivery/presign.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import type { AgentContainerSecret } from './container-secret.ts';

/** Opens the bucket and finds the origin of its URLs. That takes credentials: waits until they are available. */
export async function openStore(
  environment: ContainerEnvironment & { readonly KK_BUCKET: string; readonly KK_PREFIX?: string },
  credentials: AgentContainerSecret['objectStore'],
  waitOptions: WaitOptions,
): Promise<{ readonly store: ObjectStore; readonly origin: string }> {
  const { KK_S3_ENDPOINT, KK_BUCKET, KK_PREFIX, AWS_REGION } = environment;
  const store = createObjectStore({
    ...(KK_S3_ENDPOINT === undefined ? {} : { endpoint: KK_S3_ENDPOINT.origin }),
    region: AWS_REGION,
    bucket: KK_BUCKET,
    ...(KK_PREFIX === undefined ? {} : { prefix: KK_PREFIX }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const origin = await waitFor(
    'credentials for the object store',
    async () => new URL((await presignDownload(store, `${store.prefix}origin`, { clock: systemClock })).url).origin,
    waitOptions,
  );
  return { store, origin };
}
