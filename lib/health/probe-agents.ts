import { agentStateKind } from '../core/agent-state.ts';
import { MAX_HEARTBEAT_AGE_SECONDS } from '../core/heartbeat-age.ts';
import type { VaultIndex } from '../core/vault.ts';

/** When the agents of a swarm last beat, as their states in the vault say. Times in seconds since 1970. */
export interface AgentsFacts {
  readonly expected: readonly string[];
  readonly beats: readonly {
    readonly name: string;
    readonly at: number;
    readonly status: string;
    readonly reason: string;
  }[];
  /** An agent whose last beat is older than this is silent. */
  readonly silentAfterSeconds: number;
}

/** How many missed beats make an agent that beats rarely silent, and the extra time for slow beats. */
const SILENT_BEATS = 4;
const SILENT_GRACE_SECONDS = 30;

/** Reads the heartbeats of the agents that should beat every so many seconds. */
export function probeAgents(vault: VaultIndex, expected: readonly string[], beatSeconds: number): AgentsFacts {
  return {
    expected,
    beats: vault.notes(agentStateKind).map(({ data }) => ({
      name: data.id,
      at: Date.parse(data.heartbeatAt) / 1000,
      status: data.status,
      reason: data.reason,
    })),
    silentAfterSeconds: Math.max(MAX_HEARTBEAT_AGE_SECONDS, beatSeconds * SILENT_BEATS + SILENT_GRACE_SECONDS),
  };
}
