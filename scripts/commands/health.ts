import { assess, exitCodeOf } from '../../lib/health/assess.ts';
import { lookAt, lookAtMarket } from '../../lib/host/look-at-swarm.ts';
import { noteKinds } from '../../lib/host/note-kinds.ts';
import { probeSwarm } from '../../lib/host/probe-swarm.ts';
import { printJson, printTable } from '../terminal/print.ts';

/** Checks the swarm's health. Exit code 0 healthy, 1 degraded, 3 when a part can't be reached. */
export async function health(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const look = await lookAt(options.state, noteKinds);
  const checks = assess(await probeSwarm({ ...look, ...(await lookAtMarket(look)) }));
  if (options.json) printJson('Health', checks);
  else {
    printTable(
      ['check', 'status', 'detail', 'next'],
      checks.map(({ name, status, detail, next }) => [name, status, detail, next]),
    );
  }
  return exitCodeOf(checks);
}
