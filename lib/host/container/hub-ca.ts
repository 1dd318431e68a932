import { readFile } from 'node:fs/promises';
import { SwarmError } from '../../core/errors.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import type { ContainerEnvironment } from './container-environment.ts';

/** Reads the hub's CA certificate, waiting until it exists; undefined without TLS. */
export async function readHubCa(
  environment: ContainerEnvironment,
  waitOptions: WaitOptions,
): Promise<string | undefined> {
  const { KK_VAULT_REMOTE, KK_IRC, KK_HUB_CA } = environment;
  if (KK_VAULT_REMOTE.protocol !== 'https:' && !KK_IRC.tls) return undefined;
  return waitFor(
    'the hub’s certificate',
    async () => {
      const text = await readFile(KK_HUB_CA, 'utf8').catch(() => '');
      if (/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)) return text;
      throw new SwarmError({
        code: 'unit/no-certificate',
        disposition: 'wait',
        message: `There is no certificate in ${KK_HUB_CA} yet`,
        next: 'The hub publishes it at its first start; see its log.',
      });
    },
    waitOptions,
  );
}
