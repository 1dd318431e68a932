import { type AgentState, agentStateKind } from '../core/agent-state.ts';
import type { VaultIndex } from '../core/vault.ts';

/** One agent as `swarm-ops status` lists it. Amounts in atomic units as strings. */
export interface StatusItem {
  readonly name: string;
  readonly role: AgentState['role'];
  readonly status: AgentState['status'] | 'stopped';
  readonly heartbeatAt: string;
  readonly beats: number;
  readonly errors: number;
  readonly task: string;
  readonly reason: string;
  readonly wallet: string;
  readonly balanceAtomic: string;
  readonly revenueAtomic: string;
  readonly ircState: AgentState['ircState'];
  readonly revision: string;
  readonly image: string;
  readonly protocol: number | null;
}

/** Lists the agents' states. In a stopped swarm no agent beats, whatever its last state says. */
export function listStatus(vault: VaultIndex, isRunning: boolean): readonly StatusItem[] {
  return vault.notes(agentStateKind).map(({ data }) => statusItem(data, isRunning));
}

function statusItem(state: AgentState, isRunning: boolean): StatusItem {
  return {
    name: state.id,
    role: state.role,
    status: isRunning ? state.status : 'stopped',
    heartbeatAt: state.heartbeatAt,
    beats: state.beats,
    errors: state.errors,
    task: state.task,
    reason: state.reason,
    wallet: state.wallet,
    balanceAtomic: state.balanceAtomic.toString(),
    revenueAtomic: state.revenueAtomic.toString(),
    ircState: isRunning ? state.ircState : 'closed',
    revision: state.revision,
    image: state.image ?? '',
    protocol: state.protocol ?? null,
  };
}
