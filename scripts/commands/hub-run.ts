import { join } from 'node:path';
import type { SecretStore } from '../../lib/aws/secret-store.ts';
import { formatError, SwarmError } from '../../lib/core/errors.ts';
import { exitCodeOf } from '../../lib/core/exit-code.ts';
import { startHub } from '../../lib/hub/hub.ts';
import type { HubAws } from '../../lib/hub/hub-aws.ts';
import { type HubConfig, readHubConfig } from '../../lib/hub/hub-config.ts';
import { printLine } from '../terminal/print.ts';

/** Shortly before Docker kills a container that is stopped, which is after 10 s. */
const FORCED_EXIT_MS = 9500;

/** Runs the hub until SIGTERM or SIGINT; SIGHUP reads the accounts again. Configured by its environment. */
export async function hub(): Promise<number> {
  const stop = new AbortController();
  const log = (line: string) => printLine(`${new Date().toISOString()} ${line}`);
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        stop.abort();
        setTimeout(() => process.exit(1), FORCED_EXIT_MS).unref();
        resolve();
      });
    }
  });
  let reread = async (): Promise<void> => undefined;
  process.on('SIGHUP', () => void reread());
  try {
    const config = readHubConfig(process.env);
    const running = await startHub(config, hubAws(config), log, stop.signal, recoverWallet, (repository) =>
      startArchive(config, repository, log),
    );
    reread = running.reread;
    log(`The hub is up: git on port ${running.gitPort}, IRC on port ${running.ircPort}`);
    await asked;
    log('Stopping');
    await running.close();
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    if (!(error instanceof SwarmError)) throw error;
    log(formatError(error));
    return exitCodeOf(error);
  }
}

/** Loads the AWS SDK at its first use: it takes time and memory, and only a fleet on AWS needs it. */
function hubAws({ region }: HubConfig): HubAws {
  let store: SecretStore | undefined;
  return {
    readSecret: async (name) => {
      store ??= (await import('../../lib/aws/secret-store.ts')).createSecretStore({ region });
      return store.read(name);
    },
    putParameter: async (name, value) => {
      const { putParameter } = await import('../../lib/aws/put-parameter.ts');
      await putParameter({ region }, name, value);
    },
  };
}

/** Starts the archive, whose code is loaded only where the hub is told to archive: it takes memory. */
async function startArchive(
  { archive, state }: HubConfig,
  repository: string,
  log: (line: string) => void,
): Promise<() => Promise<void>> {
  if (archive === undefined) return async () => undefined;
  const { startHubArchive } = await import('../../lib/host/archive/hub-archive.ts');
  return startHubArchive({ repository, folder: join(state, 'hub', 'archive'), ...archive, log }).stop;
}

/** Loads the curve of wallets at its first use: a hub without wallets among its operators' keys doesn't need its memory. */
async function recoverWallet(text: string, signature: string): Promise<string | undefined> {
  return (await import('../../lib/market/terms/wallet-signature.ts')).recoverWallet(text, signature);
}
