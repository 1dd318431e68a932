import { formatError } from '../../lib/core/errors.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { openCredentials } from '../../lib/host/local-services/credentials.ts';
import { readLocalEnvironment } from '../../lib/host/local-services/local-environment.ts';
import { prepareServices } from '../../lib/host/local-services/prepare-services.ts';
import { publishOperatorKey } from '../../lib/host/local-services/publish-operator-key.ts';
import { showAccess } from '../../lib/host/local-services/show-access.ts';
import { writeSecrets } from '../../lib/host/local-services/write-secrets.ts';
import { openSecrets } from '../../lib/keys/development-secrets.ts';
import { printLine } from '../terminal/print.ts';
import { listenForStop } from '../terminal/stop-signals.ts';

/**
 * Prepares a swarm of containers and ends: creates the secrets (a folder per container), then the contracts, the treasury's test
 * money and the bucket. What exists stays, so it may run at every start and after an agent was added. With `show` it only prints
 * what a person needs to connect.
 */
export async function localSetup(options: { readonly show?: string }): Promise<number> {
  const environment = readLocalEnvironment(process.env);
  if (options.show !== undefined) return showAccess(options.show, environment);
  const stopped = listenForStop();
  const aborter = new AbortController();
  void stopped.requested.then(() => aborter.abort());
  try {
    const manifests = await loadManifests([projectPath('agents')]);
    const secrets = await openSecrets(`${environment.KK_STATE}/secrets.json`);
    const credentials = await openCredentials(environment.KK_STATE);
    await publishOperatorKey(environment);
    await writeSecrets(environment, manifests, secrets, credentials);
    printLine(`secrets of ${manifests.length} agents, the hub, the steward and the object store are in their volumes`);
    await prepareServices(environment, secrets, credentials, { log: printLine, signal: aborter.signal });
    printLine('contracts, test money and bucket are ready');
    return 0;
  } catch (error) {
    if (!aborter.signal.aborted) throw error;
    printLine(`stopped: ${formatError(error)}`);
    return 1;
  } finally {
    stopped.dispose();
  }
}
