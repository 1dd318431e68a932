import { agentStateKind } from '../../lib/core/agent-state.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import { lookAt } from '../../lib/host/look-at-swarm.ts';
import { readPace } from '../../lib/host/machine/pace-file.ts';
import { readFolderReport, standingText } from '../../lib/vault/folder-memory.ts';
import { listStatus } from '../../lib/view/status-item.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** A command takes less than this on a busy machine. */
const RECENT_MS = 60_000;

/** Shows how each agent is doing, by its state in the vault. */
export async function status(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const { vault, isRunning, run, folder } = await lookAt(options.state, [agentStateKind]);
  const items = listStatus(vault, isRunning);
  if (options.json) {
    printJson('Status', items);
    return 0;
  }
  printTable(
    ['agent', 'role', 'status', 'beats', 'balance', 'revenue', 'task'],
    items.map((item) => [
      item.name,
      item.role,
      item.status,
      String(item.beats),
      formatUsdc(BigInt(item.balanceAtomic)),
      formatUsdc(BigInt(item.revenueAtomic)),
      item.task,
    ]),
  );
  if (isRunning && run !== undefined) {
    const { slowSince, slowUntil } = (await readPace(folder.pace)) ?? {};
    // The look of this command may have ended it.
    const isRecent = slowUntil === undefined || Date.now() - Date.parse(slowUntil) < RECENT_MS;
    if (slowSince !== undefined && isRecent) {
      printLine(`It had slowed down since ${slowSince}, because nobody looked; it is at its normal pace again now.`);
    }
    printLine(
      `Running as process ${run.pid}. Vault ${folder.vault}, IRC ${run.irc.host}:${run.irc.port} ${run.irc.channel}`,
    );
    const { standing } = await readFolderReport(folder.vault);
    if (standing !== undefined) printLine(`The opened folder stands still: ${standingText(standing, Date.now())}`);
  } else printLine('The swarm is stopped. Start it again with npm start.');
  return 0;
}
