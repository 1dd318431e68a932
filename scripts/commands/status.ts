import { agentStateKind } from '../../lib/core/agent-state.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import { lookAt } from '../../lib/host/look.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** Shows how each agent is doing, by its state in the vault. */
export async function status(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const { vault, isRunning, run, folder } = await lookAt(options.state, [agentStateKind]);
  const states = vault.notes(agentStateKind).map(({ data }) => data);
  if (options.json) {
    printJson(
      'Status',
      states.map((state) => ({
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
      })),
    );
    return 0;
  }
  printTable(
    ['agent', 'role', 'status', 'beats', 'balance', 'revenue', 'task'],
    states.map((state) => [
      state.id,
      state.role,
      isRunning ? state.status : 'stopped',
      String(state.beats),
      formatUsdc(state.balanceAtomic),
      formatUsdc(state.revenueAtomic),
      state.task,
    ]),
  );
  if (isRunning && run !== undefined) {
    printLine(
      `Running as process ${run.pid}. Vault ${folder.vault}, IRC ${run.irc.host}:${run.irc.port} ${run.irc.channel}`,
    );
  } else printLine('The swarm is stopped. Start it again with npm start.');
  return 0;
}
