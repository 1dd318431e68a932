import type { HealthStatus } from '../core/health-check.ts';
import { STEWARD } from '../core/ids.ts';
import type { Fleet, FleetUnit } from './fleet.ts';
import { hostOfUnit } from './fleet.ts';
import { HUB } from './fleet-names.ts';
import type { LiveInstance } from './instances.ts';
import type { StatedVersion } from './stated-versions.ts';
import { describeStatus, isHealthy, shortImage, type UnitStatus } from './unit-status.ts';

/** Everything that was found out about a fleet. */
export interface FleetFacts {
  readonly fleet: Fleet;
  readonly instances: readonly LiveInstance[];
  readonly parameters: ReadonlyMap<string, string>;
  readonly statuses: ReadonlyMap<string, UnitStatus>;
  /** Names of the agents that have a manifest. */
  readonly manifests: readonly string[];
  /** What agents state in the vault; undefined where nobody looked. */
  readonly stated: ReadonlyMap<string, StatedVersion> | undefined;
}

/** One thing that is not as it should be. */
export interface Finding {
  readonly status: Exclude<HealthStatus, 'ok'>;
  readonly detail: string;
  readonly next: string;
}

/** How one unit is, and its machine. */
export interface UnitReport {
  readonly unit: string;
  readonly host: string;
  readonly instanceId: string;
  readonly instanceType: string;
  readonly instanceState: string;
  /** What it should run; empty where no parameter says so. */
  readonly image: string;
  readonly runs: UnitStatus | undefined;
  readonly revision: string | undefined;
  readonly findings: readonly Finding[];
}

/** Judges a fleet: one report a unit, those that only one side knows included. Pure. */
export function assessFleet(facts: FleetFacts): readonly UnitReport[] {
  const { fleet, manifests, stated } = facts;
  const common = mostCommon([...(stated?.values() ?? [])].map(({ revision }) => revision));
  const reports = fleet.units.map((unit) => reportOf(facts, unit, common));
  const deployed = new Set(fleet.units.map(({ unit }) => unit));
  const missing = manifests.filter((name) => !deployed.has(name));
  return [...reports, ...missing.map(absent)];
}

function reportOf(facts: FleetFacts, unit: FleetUnit, commonRevision: string | undefined): UnitReport {
  const { fleet, instances, parameters, statuses, manifests, stated } = facts;
  const host = hostOfUnit(fleet, unit);
  const instance = instances.find(({ instanceId }) => instanceId === host?.instanceId);
  const image = parameters.get(unit.imageParameter) ?? '';
  const runs = statuses.get(unit.unit);
  const revision = stated?.get(unit.unit)?.revision;
  const isAgent = unit.unit !== HUB && unit.unit !== STEWARD;
  const findings = [
    ...machineFindings(unit, host?.boot, instance),
    ...(instance?.state === 'running' ? containerFindings(unit, image, runs) : []),
    ...(isAgent && !manifests.includes(unit.unit)
      ? [degraded('it has no manifest any more', 'npx cdktf deploy takes it away; or bring its folder back.')]
      : []),
    ...(stated !== undefined && isAgent ? versionFindings(revision, commonRevision) : []),
  ];
  return {
    unit: unit.unit,
    host: unit.host,
    instanceId: instance?.instanceId ?? '',
    instanceType: instance?.instanceType ?? '',
    instanceState: instance?.state ?? 'absent',
    image,
    runs,
    revision,
    findings,
  };
}

function machineFindings(
  unit: FleetUnit,
  boot: string | undefined,
  instance: LiveInstance | undefined,
): readonly Finding[] {
  if (instance === undefined) {
    return [
      unreachable(
        `its machine ${unit.host} is not there`,
        'npx cdktf diff shows what is missing; npx cdktf deploy makes it.',
      ),
    ];
  }
  if (instance.state !== 'running') {
    return [unreachable(`its machine is ${instance.state}`, `Start ${instance.instanceId}, or see who stopped it.`)];
  }
  if (boot === undefined || boot === instance.boot) return [];
  const next = `Replace it when it suits: terraform -chdir=cdktf.out/stacks/fleet apply -replace=aws_instance.${unit.host}_instance`;
  return [degraded('its machine was made with an older boot script or system image', next)];
}

function containerFindings(unit: FleetUnit, image: string, runs: UnitStatus | undefined): readonly Finding[] {
  const findings: Finding[] = [];
  if (image === '') findings.push(degraded('no parameter says which image it runs', 'npx cdktf deploy makes it.'));
  if (unit.configuredImage !== undefined && image !== '' && unit.configuredImage !== image) {
    const told = `it is told to run ${shortImage(image)}, the configuration names ${shortImage(unit.configuredImage)}`;
    findings.push(degraded(told, 'swarm-ops deploy rolls what is configured; or put into infra/fleet.yaml what runs.'));
  }
  if (runs === undefined) return findings;
  if (!runs.isKnown) {
    findings.push(
      unreachable(
        `its container can't be seen: ${runs.why}`,
        `swarm-ops logs ${unit.unit}, then swarm-ops restart ${unit.unit}.`,
      ),
    );
    return findings;
  }
  if (image !== '' && runs.image !== image) {
    findings.push(
      degraded(
        `behind: it runs ${shortImage(runs.image)}, told is ${shortImage(image)}`,
        `Hosts look every five minutes; if it lasts, swarm-ops logs ${unit.unit}.`,
      ),
    );
  }
  if (!isHealthy(runs)) findings.push(degraded(`not healthy: ${describeStatus(runs)}`, `swarm-ops logs ${unit.unit}`));
  return findings;
}

function versionFindings(revision: string | undefined, common: string | undefined): readonly Finding[] {
  if (revision === undefined) return [degraded('it has stated nothing in the vault', 'It does so at its first beat.')];
  if (common === undefined || revision === common) return [];
  return [degraded(`it states version ${revision}, most state ${common}`, 'swarm-ops deploy brings all to one image.')];
}

function absent(name: string): UnitReport {
  return {
    unit: name,
    host: '',
    instanceId: '',
    instanceType: '',
    instanceState: 'absent',
    image: '',
    runs: undefined,
    revision: undefined,
    findings: [degraded('it has a manifest and is not deployed', 'npx cdktf deploy adds it.')],
  };
}

function degraded(detail: string, next: string): Finding {
  return { status: 'degraded', detail, next };
}

function unreachable(detail: string, next: string): Finding {
  return { status: 'unreachable', detail, next };
}

function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? 1 : -1))[0]?.[0];
}
