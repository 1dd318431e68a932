import pMap from 'p-map';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { assessFleet, type FleetFacts, type UnitReport } from '../../lib/fleet/assess-fleet.ts';
import { unfinishedRoll } from '../../lib/fleet/describe-roll.ts';
import { type FleetOptions, findFleet } from '../../lib/fleet/find-fleet.ts';
import { readInstances } from '../../lib/fleet/instances.ts';
import { readHostParameters } from '../../lib/fleet/parameters.ts';
import { isOpen, readRoll } from '../../lib/fleet/roll-record.ts';
import { readStatedVersions } from '../../lib/fleet/stated-versions.ts';
import { createTellUnit } from '../../lib/fleet/unit-command.ts';
import { describeStatus, readUnitStatus, shortImage, type UnitStatus } from '../../lib/fleet/unit-status.ts';
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

const AT_ONCE = 8;

/** Shows the fleet and where it differs from what it should be. Exit code 0 fine, 1 not, 3 when a part can't be reached. */
export async function fleet(options: ShowFleetOptions): Promise<number> {
  const facts = await gather(options);
  const reports = assessFleet(facts);
  const last = await readRoll(options.state, facts.fleet.stack);
  const open = last !== undefined && isOpen(last) ? unfinishedRoll(last) : undefined;
  const checks = reports.flatMap(({ unit, findings }) => findings.map((finding) => ({ name: unit, ...finding })));
  if (open !== undefined) checks.push({ name: 'roll', status: 'degraded', detail: open.message, next: open.next });

  if (options.json) printJson('Fleet', reports);
  else {
    printTable(['unit', 'machine', 'image', 'runs', 'version'], reports.map(rowOf));
    const { stack, region, source } = facts.fleet;
    printLine(`${stack} in ${region}, as ${source} tells it: ${reports.length} units.`);
    for (const { name, detail, next } of checks) printLine(`${name}: ${detail}. ${next}`);
    if (checks.length === 0) printLine('All as it should be.');
  }
  return exitCodeOf(checks);
}

async function gather(options: ShowFleetOptions): Promise<FleetFacts> {
  const manifests = await loadManifests([options.agents]);
  const { fleet, clients } = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const [instances, parameters, stated] = await Promise.all([
    readInstances(clients.ec2, fleet.stack),
    readHostParameters(clients.ssm, fleet.stack),
    options.vault === undefined ? undefined : readStatedVersions(options.vault, readRepository),
  ]);
  const running = new Set(instances.filter(({ state }) => state === 'running').map(({ instanceId }) => instanceId));
  const tell = createTellUnit(clients.ssm, fleet);
  const statuses = new Map<string, UnitStatus>();
  const hosts = new Map(fleet.hosts.map(({ host, instanceId }) => [host, instanceId]));
  const asked = fleet.units.filter(({ host }) => running.has(hosts.get(host) ?? ''));
  await pMap(
    asked,
    async (unit) => {
      statuses.set(unit.unit, await readUnitStatus(tell, unit));
    },
    { concurrency: AT_ONCE },
  );
  const names = manifests.map(({ metadata }) => metadata.name);
  return { fleet, instances, parameters, statuses, manifests: names, stated };
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
