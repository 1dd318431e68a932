import { SwarmError } from '../../lib/core/errors.ts';
import { formatIso } from '../../lib/core/time.ts';
import { readActivity } from '../../lib/host/irc-activity.ts';
import { lookAt } from '../../lib/host/look-at-swarm.ts';
import { readRoster } from '../../lib/host/probe-swarm.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

const SHOWN_LINES = 20;

/**
 * Shows which agents are in the channel, which are missing, and recent offers and needs. Exit code 0 when all agents are there, 1
 * when some are missing.
 * @throws SwarmError `swarm/not-running` (exit code 3)
 */
export async function ircCheck(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const { run, isRunning, folder } = await lookAt(options.state, []);
  if (run === undefined || !isRunning) {
    throw new SwarmError({
      code: 'swarm/not-running',
      disposition: 'stop',
      message: 'The swarm is not running, so nobody is in the channel',
      next: 'Start it with npm start.',
    });
  }
  const present = await readRoster(run, folder);
  const activity = await readActivity(folder.activity);
  const lately = (activity?.lately ?? []).filter(({ type }) => type === 'have' || type === 'need');
  const items = run.agents.map(({ name, nick }) => {
    const said = lately.filter((line) => line.nick === nick);
    const last = said.at(-1);
    return {
      name,
      nick,
      present: present.includes(nick),
      have: said.filter(({ type }) => type === 'have').length,
      need: said.filter(({ type }) => type === 'need').length,
      lastLine: last?.text ?? null,
      lastAt: last === undefined ? null : formatIso(last.at),
    };
  });
  if (options.json) printJson('IrcCheck', items);
  else {
    printTable(
      ['nick', 'there', 'HAVE', 'NEED', 'last'],
      items.map((item) => [
        item.nick,
        item.present ? 'yes' : 'MISSING',
        String(item.have),
        String(item.need),
        item.lastLine ?? '',
      ]),
    );
    for (const { at, nick, text } of lately.slice(-SHOWN_LINES)) printLine(`${formatIso(at)} <${nick}> ${text}`);
    const visitors = present.filter((nick) => !run.agents.some((agent) => agent.nick === nick));
    if (visitors.length > 0) printLine(`Also there: ${visitors.join(', ')}`);
  }
  return items.every((item) => item.present) ? 0 : 1;
}
