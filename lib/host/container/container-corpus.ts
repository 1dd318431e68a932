import { SwarmError } from '../../core/errors.ts';
import { systemClock } from '../../core/time.ts';
import type { CorpusPort } from '../../flows/produce/workshop.ts';
import { openCorpus } from '../../products/corpus.ts';
import type { StateFolder } from '../state-folder.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import type { AgentEnvironment } from './container-environment.ts';
import type { AgentContainerSecret } from './container-secret.ts';
import { startCorpusSync } from './corpus-sync.ts';

/**
 * Opens the logs of the agent that sells them: a mounted folder, or a bucket that is copied into the state folder and
 * copied again at intervals. Waits while there are none.
 * @throws SwarmError `unit/no-corpus`, `unit/no-pseudonym-key`, and what `openCorpus` throws for logs that can't be used.
 */
export async function openContainerCorpus(
  environment: AgentEnvironment,
  secret: AgentContainerSecret,
  folder: StateFolder,
  waitOptions: WaitOptions,
  closers: (() => Promise<void> | void)[],
): Promise<CorpusPort> {
  const { pseudonymKey } = secret;
  if (pseudonymKey === undefined) throw noKey();
  const dir = environment.KK_CORPUS_DIR ?? folder.corpusCopy;
  if (environment.KK_CORPUS_DIR === undefined) {
    if (environment.KK_CORPUS === undefined) throw noCorpus();
    const sync = await startCorpusSync({
      bucket: environment.KK_CORPUS,
      prefix: environment.KK_PREFIX,
      region: environment.AWS_REGION,
      endpoint: environment.KK_S3_ENDPOINT?.origin,
      credentials: secret.objectStore,
      dir,
      waitOptions,
    });
    closers.push(sync.close);
  }
  return waitFor(
    'chat logs',
    () =>
      openCorpus({
        dir,
        workDir: folder.corpusWork,
        pseudonymKey: Buffer.from(pseudonymKey, 'hex'),
        now: systemClock,
        log: waitOptions.log,
      }).catch((error: unknown) => {
        throw isNotYet(error) ? laterOf(error) : error;
      }),
    waitOptions,
  );
}

/** Whether an error may end by waiting: a folder without logs may still be filled. */
function isNotYet(error: unknown): error is SwarmError {
  return error instanceof SwarmError && ['products/corpus-missing', 'products/corpus-empty'].includes(error.code);
}

function laterOf({ code, message, next, cause }: SwarmError): SwarmError {
  return new SwarmError({ code: code as `${string}/${string}`, disposition: 'wait', message, next, cause });
}

function noKey(): SwarmError {
  return new SwarmError({
    code: 'unit/no-pseudonym-key',
    disposition: 'stop',
    message: 'This agent sells chat logs, and its secret has no pseudonymKey: people would go by their nicks',
    next: 'Write its secret with swarm-ops keys push, which makes one for the seller of the logs.',
  });
}

function noCorpus(): SwarmError {
  return new SwarmError({
    code: 'unit/no-corpus',
    disposition: 'stop',
    message: 'This agent sells chat logs, and neither KK_CORPUS nor KK_CORPUS_DIR says where they are',
    next: 'Set KK_CORPUS to a bucket with logs below KK_PREFIX, or KK_CORPUS_DIR to a folder.',
  });
}
