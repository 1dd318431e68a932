import type { Role } from '../core/manifest.ts';

/**
 * What containers may use at most, MiB, wherever they run. A bound against one that runs away, not a reservation: most use
 * far less (`docker/memory.json` holds what was measured). Buyers keep little; who makes or checks goods holds days of chat
 * at times.
 */
export const MEMORY_LIMIT_MIB = {
  /** The default of a fleet, whose configuration may name another. */
  hub: 512,
  steward: 256,
  /** The embedded chain, the embedded object store and the set-up of one machine's containers, each. */
  local: 512,
  agent: {
    buyer: 192,
    coordinator: 256,
    seller: 512,
    extractor: 512,
    validator: 512,
  },
} as const satisfies {
  readonly hub: number;
  readonly steward: number;
  readonly local: number;
  readonly agent: Readonly<Record<Role, number>>;
};

/**
 * What a machine of the fleet needs besides its containers, MiB: Amazon Linux with Docker, Session Manager's agent, the
 * broker, and room for a security update. An estimate; a machine also has 1 GiB of swap for the moments beyond it.
 */
export const SYSTEM_MIB = 400;
