import type { Role } from '../core/manifest.ts';

/** What the steward's container may use, MiB. */
export const STEWARD_MEMORY_MIB = 256;

/**
 * What the container of an agent may use, MiB. A bound against one that runs away, not a reservation: most use far less
 * (`docker/memory.json` says how much). Buyers keep little; who makes or checks goods holds days of chat at times.
 */
export const AGENT_MEMORY_MIB: Readonly<Record<Role, number>> = {
  buyer: 192,
  coordinator: 256,
  seller: 512,
  extractor: 512,
  validator: 512,
};
