import type { HealthStatus } from '../core/health-check.ts';
import { STEWARD } from '../core/ids.ts';
import type { Fleet, FleetUnit } from './fleet.ts';
import { hostOfUnit } from './fleet.ts';
import { HUB } from './fleet-names.ts';
import type { LiveInstance } from './instances.ts';
import type { StatedVersion } from './stated-versions.ts';
import { describeStatus, isHealthy, shortImage, type UnitStatus } from './unit-status.ts';

/** The observed state of a fleet. */
export interface FleetFacts {
  readonly fleet: Fleet;
  readonly instances: readonly LiveInstance[];
  readonly parameters: ReadonlyMap<string, string>;
  readonly statuses: ReadonlyMap<string, UnitStatus>;
  /** Names of the agents that have a manifest. */
  readonly manifests: readonly string[];
  /** What agents state in the vault; undefined where the vault was not read. */
  readonly stated: ReadonlyMap<string, StatedVersion> | undefined;
}

/** Something that is not as it should be, and what to do about it. */
export interface Finding {
  readonly status: Exclude<HealthStatus, 'ok'>;
  readonly detail: string;
  readonly next: string;
}

/** The state of a unit and its machine. */
export interface UnitReport {
  readonly unit: string;
  readonly host: string;
  readonly instanceId: string;
  readonly instanceType: string;
  readonly instanceState: string;
  /** The image that it should run; empty where no parameter names one. */
  readonly image: string;
  readonly runs: UnitStatus | undefined;
  readonly revision: string | undefined;
  readonly findings: readonly Finding[];
}

/** Assesses a fleet: one report per unit, including units that are deployed without a manifest or not deployed at all. Pure. */
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
      ? [degraded('it has no manifest any more', 'npx cdktf deploy removes it; or restore its folder.')]
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
        'npx cdktf diff shows what is missing; npx cdktf deploy creates it.',
      ),
    ];
  }
  if (instance.state !== 'running') {
    return [unreachable(`its machine is ${instance.state}`, `Start ${instance.instanceId}, or see who stopped it.`)];
  }
  if (boot === undefined || boot === instance.boot) return [];
  const next = `Replace it when convenient: terraform -chdir=cdktf.out/stacks/fleet apply -replace=aws_instance.${unit.host}_instance`;
  return [degraded('its machine was created with an older boot script or system image', next)];
}

function containerFindings(unit: FleetUnit, image: string, runs: UnitStatus | undefined): readonly Finding[] {
  const findings: Finding[] = [];
  if (image === '') findings.push(degraded('no parameter says which image it runs', 'npx cdktf deploy creates it.'));
  if (unit.configuredImage !== undefined && image !== '' && unit.configuredImage !== image) {
    const detail = `its parameter names ${shortImage(image)}, the configuration ${shortImage(unit.configuredImage)}`;
    findings.push(
      degraded(detail, 'swarm-ops deploy rolls the configured image; or set infra/fleet.yaml to the one that runs.'),
    );
  }
  if (runs === undefined) return findings;
  if (!runs.isKnown) {
    findings.push(
      unreachable(
        `the status of its container is not known: ${runs.why}`,
        `swarm-ops logs ${unit.unit}, then swarm-ops restart ${unit.unit}.`,
      ),
    );
    return findings;
  }
  if (image !== '' && runs.image !== image) {
    findings.push(
      degraded(
        `it runs ${shortImage(runs.image)}, but its parameter names ${shortImage(image)}`,
        `Hosts read it every five minutes; if that does not help: swarm-ops logs ${unit.unit}.`,
      ),
    );
  }
  if (!isHealthy(runs)) findings.push(degraded(`not healthy: ${describeStatus(runs)}`, `swarm-ops logs ${unit.unit}`));
  return findings;
}

function versionFindings(revision: string | undefined, common: string | undefined): readonly Finding[] {
  if (revision === undefined)
    return [degraded('it has stated no version in the vault', 'It does so at its first beat.')];
  if (common === undefined || revision === common) return [];
  return [degraded(`it states version ${revision}, most state ${common}`, 'swarm-ops deploy rolls one image to all.')];
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
