import type { Manifest } from '../core/manifest.ts';
import type { FleetUnit } from './fleet.ts';
import { isHealthy, type UnitStatus } from './unit-status.ts';

/** A unit with the image that it should run, and its status. */
export interface SeenUnit {
  readonly unit: FleetUnit;
  /** The image that its parameter names. */
  readonly parameter: string;
  readonly status: UnitStatus;
}

/**
 * Sorts units for a roll; the first one is the canary. Units without a manifest come first, then buyers, because no other agent
 * depends on them, and the coordinator last. Pure.
 */
export function rollOrder(seen: readonly SeenUnit[], manifests: readonly Manifest[]): readonly SeenUnit[] {
  const rank = (unit: string): number => {
    const spec = manifests.find(({ metadata }) => metadata.name === unit)?.spec;
    if (spec === undefined) return -1;
    return (spec.role === 'buyer' ? 0 : 100_000) + (10_000 - spec.wallet.index);
  };
  return [...seen].sort((a, b) => rank(a.unit.unit) - rank(b.unit.unit) || (a.unit.unit < b.unit.unit ? -1 : 1));
}

/** The units that have to change: they should run another image, run another image, or are not healthy. */
export function unitsToRoll(seen: readonly SeenUnit[], image: string): readonly SeenUnit[] {
  return seen.filter(
    ({ parameter, status }) => parameter !== image || !(status.isKnown && status.image === image && isHealthy(status)),
  );
}

/** Divides items into batches. With `hasCanary` the first batch is one item; a roll that is resumed after its canary has none. */
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
