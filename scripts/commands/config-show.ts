import { CONFIG_PATH, formatRequirements } from '../../lib/core/protocol.ts';
import { formatIso } from '../../lib/core/time.ts';
import { assessOrders } from '../../lib/health/assess-orders.ts';
import { lookAt } from '../../lib/host/look-at-swarm.ts';
import { readObeyed } from '../../lib/vault/obeyed-file.ts';
import { printJson, printLine } from '../terminal/print.ts';

/** Shows what agents obey of `shared/config.md`, who signed it, and what stands there and isn't obeyed. */
export async function configShow(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const { orders, folder } = await lookAt(options.state, []);
  const { requirements, requiredBy, findings } = orders;
  const swarm = (await readObeyed(folder.obeyed))?.swarm ?? '';
  const unsigned = findings.filter(({ path }) => path === CONFIG_PATH);
  if (options.json) {
    const by = requiredBy === undefined ? {} : { signedAt: formatIso(requiredBy.at), signedBy: requiredBy.keys };
    printJson('Config', [{ ...requirements, ...by, swarm, notObeyed: unsigned }]);
    return 0;
  }
  printLine(`Agents obey: ${formatRequirements(requirements)}.`);
  printLine(
    requiredBy === undefined
      ? 'No operator signed any requirement.'
      : `Signed ${formatIso(requiredBy.at)} by ${requiredBy.keys.join(' and ')}.`,
  );
  if (swarm !== '') printLine(`Swarm: ${swarm}`);
  for (const { detail, next } of assessOrders({ ...orders, findings: unsigned, quarantined: new Map() })) {
    printLine(`${detail}. ${next}`);
  }
  return 0;
}
