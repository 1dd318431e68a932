import { styleText } from 'node:util';
import { displayText } from '../../lib/core/display-text.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { whole } from '../../lib/core/whole-number.ts';
import { type FleetOptions, findFleet } from '../../lib/fleet/find-fleet.ts';
import { followLogs } from '../../lib/fleet/follow-logs.ts';
import { type LogEvent, mergeLogs, readLog } from '../../lib/fleet/log-events.ts';
import { selectUnits } from '../../lib/fleet/select-units.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';

/** The options of `logs`. */
export interface LogsOptions extends FleetOptions {
  readonly follow?: boolean;
  readonly since: string;
  readonly grep?: string;
  readonly pollSeconds: string;
  readonly json?: boolean;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const COLOURS = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'red'] as const;

/** Shows the logs of units since a time, merged by time; with `--follow` it continues with new lines until Ctrl-C. */
export async function logs(names: readonly string[], options: LogsOptions): Promise<number> {
  const fromMs = Date.now() - sinceMs(options.since);
  const intervalMs = whole('--poll-seconds', options.pollSeconds, 1, 60) * 1000;
  const { fleet, clients } = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const units = names.length === 0 ? fleet.units : selectUnits(fleet, names);
  const width = Math.max(...units.map(({ unit }) => unit.length));
  const colours = new Map(units.map(({ unit }, i) => [unit, COLOURS[i % COLOURS.length] ?? 'cyan']));
  const wanted = options.grep?.toLowerCase();
  const print = (event: LogEvent): void => {
    if (wanted !== undefined && !event.text.toLowerCase().includes(wanted)) return;
    const at = new Date(event.atMs).toISOString();
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ at, unit: event.unit, text: event.text })}\n`);
      return;
    }
    const name = styleText(colours.get(event.unit) ?? 'cyan', event.unit.padEnd(width));
    process.stdout.write(`${styleText('dim', at.slice(0, 19).replace('T', ' '))} ${name} ${displayText(event.text)}\n`);
  };

  const { signal, dispose } = abortAtStop();
  try {
    if (options.follow) {
      for await (const event of followLogs(clients.logs, units, { fromMs, intervalMs, signal })) print(event);
      return 0;
    }
    const span = { fromMs, toMs: Date.now() };
    for await (const event of mergeLogs(units.map((unit) => readLog(clients.logs, unit, span)))) {
      if (signal.aborted) return 130;
      print(event);
    }
    return 0;
  } finally {
    dispose();
  }
}

function sinceMs(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNIT_MS[unit];
  if (count !== undefined && factor !== undefined) return Number(count) * factor;
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `--since ${JSON.stringify(text.slice(0, 40))} is not a duration`,
    next: 'As in 90s, 30m, 2h or 7d.',
  });
}
