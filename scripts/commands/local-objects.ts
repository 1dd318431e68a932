import { setTimeout as delay } from 'node:timers/promises';
import { formatError } from '../../lib/core/errors.ts';
import { readLocalEnvironment } from '../../lib/host/local-services/local-environment.ts';
import { SAMPLE_SEED } from '../../lib/host/machine/corpus-source.ts';
import type { AccessKey } from '../../lib/local/s3-server/access-key.ts';
import { readObjectKeys } from '../../lib/local/s3-server/object-keys.ts';
import { startS3Server } from '../../lib/local/s3-server/server.ts';
import { startSampleCorpus } from '../../lib/local/sample-corpus/writer.ts';
import { printLine } from '../terminal/print.ts';
import { listenForStop } from '../terminal/stop-signals.ts';

const KEYS_EVERY_MS = 2_000;

/**
 * Serves an object store to other containers, and adds days to the sample of chat logs for a seller without logs of its own, until
 * it is stopped. The set-up writes the access keys; they are read again at intervals, so new ones need no restart.
 */
export async function localObjects(): Promise<number> {
  const environment = readLocalEnvironment(process.env);
  const stopped = listenForStop();
  const sample = await startSampleCorpus({ dir: environment.KK_SAMPLE, seed: SAMPLE_SEED, log: printLine });
  const accessKeys: AccessKey[] = [];
  const server = await startS3Server({
    dir: `${environment.KK_STATE}/objects`,
    host: environment.KK_HOST,
    port: environment.KK_OBJECTS_PORT,
    region: environment.AWS_REGION,
    accessKeys,
    log: printLine,
  });
  printLine(`objects are served on port ${environment.KK_OBJECTS_PORT}`);
  try {
    while (!stopped.isRequested()) {
      const keys = await readObjectKeys(environment.KK_SECRET_FILE).catch((error: unknown) => {
        printLine(`the access keys: ${formatError(error)}`);
        return undefined;
      });
      if (keys !== undefined) accessKeys.splice(0, accessKeys.length, ...keys);
      await Promise.race([delay(KEYS_EVERY_MS), stopped.requested]);
    }
    return 0;
  } finally {
    await server.close();
    await sample.close();
    stopped.dispose();
  }
}
