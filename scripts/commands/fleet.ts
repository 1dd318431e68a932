import { loadManifests } from '../../lib/files/load-manifests.ts';
import { assessFleet, type UnitReport } from '../../lib/fleet/assess-fleet.ts';
import { type FleetOptions, findFleet } from '../../lib/fleet/find-fleet.ts';
import { fleetChecks } from '../../lib/fleet/fleet-checks.ts';
import { gatherFacts } from '../../lib/fleet/gather-facts.ts';
import { readRoll } from '../../lib/fleet/roll-record.ts';
import { readStatedVersions } from '../../lib/fleet/stated-versions.ts';
import { describeStatus, shortImage } from '../../lib/fleet/unit-status.ts';
import { exitCodeOf } from '../../lib/health/assess.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** The options of `fleet`. */
export interface ShowFleetOptions extends FleetOptions {
  readonly agents: string;
  readonly state: string;
  readonly vault?: string;
  readonly json?: boolean;
}

/** Shows the fleet and its findings. Exit code 0 healthy, 1 degraded, 3 when a part can't be reached. */
export async function fleet(options: ShowFleetOptions): Promise<number> {
  const { vault } = options;
  const manifests = (await loadManifests([options.agents])).map(({ metadata }) => metadata.name);
  const found = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const readStated = vault === undefined ? undefined : () => readStatedVersions(vault, readRepository);
  const reports = assessFleet(await gatherFacts(found.fleet, found.clients, manifests, readStated));
  const { stack, region, source } = found.fleet;
  const checks = fleetChecks(reports, await readRoll(options.state, stack));
  if (options.json) printJson('Fleet', reports);
  else {
    printTable(['unit', 'machine', 'image', 'runs', 'version'], reports.map(rowOf));
    printLine(`${stack} in ${region}, by ${source}: ${reports.length} units.`);
    for (const { name, detail, next } of checks) printLine(`${name}: ${detail}. ${next}`);
    if (checks.length === 0) printLine('All as it should be.');
  }
  return exitCodeOf(checks);
}

function rowOf({
  unit,
  instanceId,
  instanceType,
  instanceState,
  image,
  runs,
  revision,
}: UnitReport): readonly string[] {
  const machine = [instanceId, instanceType, instanceState].filter((part) => part !== '').join(' ');
  return [unit, machine, shortImage(image), runs === undefined ? '' : describeStatus(runs), revision ?? ''];
}
