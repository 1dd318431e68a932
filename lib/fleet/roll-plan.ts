import type { Manifest } from '../core/manifest.ts';
import type { FleetUnit } from './fleet.ts';
import { isHealthy, type UnitStatus } from './unit-status.ts';

/** A unit with what it should run and what it runs. */
export interface SeenUnit {
  readonly unit: FleetUnit;
  /** What its parameter says. */
  readonly parameter: string;
  readonly status: UnitStatus;
}

/**
 * The order of a roll: buyers first, because nobody waits for them, the coordinator last; the first one is the canary.
 * Pure. Units without a manifest come first of all.
 */
export function rollOrder(seen: readonly SeenUnit[], manifests: readonly Manifest[]): readonly SeenUnit[] {
  const rank = (unit: string): number => {
    const spec = manifests.find(({ metadata }) => metadata.name === unit)?.spec;
    if (spec === undefined) return -1;
    return (spec.role === 'buyer' ? 0 : 100_000) + (10_000 - spec.wallet.index);
  };
  return [...seen].sort((a, b) => rank(a.unit.unit) - rank(b.unit.unit) || (a.unit.unit < b.unit.unit ? -1 : 1));
}

/** Those that have to change: asked to run something else, or running something else. */
export function unitsToRoll(seen: readonly SeenUnit[], image: string): readonly SeenUnit[] {
  return seen.filter(
    ({ parameter, status }) => parameter !== image || !(status.isKnown && status.image === image && isHealthy(status)),
  );
}

/** Divides into the canary alone, then batches. A roll that goes on after its canary has none. */
export function batchesOf<Item>(
  items: readonly Item[],
  size: number,
  hasCanary: boolean,
): readonly (readonly Item[])[] {
  const first = hasCanary ? items.slice(0, 1) : [];
  const rest = items.slice(first.length);
  const batches = Array.from({ length: Math.ceil(rest.length / size) }, (_, i) => rest.slice(i * size, (i + 1) * size));
  return first.length > 0 ? [first, ...batches] : batches;
}
