import type { Role } from '../core/manifest.ts';

/**
 * The memory limits of containers, in MiB. They stop a container that leaks; they reserve nothing, and most containers use far
 * less (`docker/memory.json` holds what was measured). Agents that make or check goods hold days of chat in memory at times.
 */
export const MEMORY_LIMIT_MIB = {
  /** The default; the configuration of a fleet may set another. */
  hub: 512,
  steward: 256,
  /** For each of the embedded chain, the embedded object store and the set-up in docker/compose.yaml. */
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
 * broker, and room for a security update. An estimate; a machine also has 1 GiB of swap for short peaks.
 */
export const SYSTEM_MIB = 400;
