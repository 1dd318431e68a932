import { CHANNEL } from '../../lib/core/channel.ts';
import { displayText } from '../../lib/core/display-text.ts';
import type { Manifest } from '../../lib/core/manifest.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import type { BeatReport } from '../../lib/heartbeat/ports.ts';
import type { Swarm } from '../../lib/host/machine/swarm.ts';
import type { UpOptions } from '../../lib/host/machine/up-options.ts';
import type { StateFolder } from '../../lib/host/state-folder.ts';
import type { CorpusScan } from '../../lib/products/corpus.ts';
import { type AgentRow, createLiveTable } from './live-table.ts';

/** What the person at the terminal sees of a run. All of it goes to stderr: stdout is for the report. */
export interface RunDisplay {
  readonly progress: (line: string) => void;
  readonly corpusRead: (scan: CorpusScan) => void;
  readonly ready: (swarm: Swarm, folder: StateFolder) => void;
  readonly onBeat: (report: BeatReport) => void;
  /** A line that a person should see once. */
  readonly log: (line: string) => void;
  readonly close: () => void;
}

const REDRAW_MS = 500;
const SHOWN_PROBLEMS = 5;

/** Shows a live table where the terminal allows it, plain lines where not. */
export function createRunDisplay(
  manifests: readonly Manifest[],
  options: Pick<UpOptions, 'json'>,
  logToFile: (line: string) => void,
): RunDisplay {
  const isLive = process.stderr.isTTY === true && !options.json && process.env.TERM !== 'dumb';
  const rows = new Map<string, AgentRow>(manifests.map((manifest) => [manifest.metadata.name, rowOf(manifest)]));
  let footer: readonly string[] = [];
  let lastLine = '';
  let table: ReturnType<typeof createLiveTable> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const say = (line: string): void => {
    process.stderr.write(`${displayText(line)}\n`);
  };
  const redraw = (): void => table?.draw([...rows.values()], [...footer, lastLine]);

  return {
    progress: (line) => {
      logToFile(line);
      if (table === undefined) say(`· ${line}`);
    },
    corpusRead: (scan) => {
      const { days, files, messages } = scan.counts;
      say(`· ${days} days of chat in ${files} files${messages > 0 ? `, ${messages} messages` : ''}`);
      for (const line of oddities(scan.counts)) {
        say(`  ${line}`);
        logToFile(line);
      }
      for (const { file, detail } of scan.problems.slice(0, SHOWN_PROBLEMS)) say(`  skipped ${file}: ${detail}`);
      const more = scan.problems.length - SHOWN_PROBLEMS;
      if (more > 0) say(`  and ${more} more; the log has them all`);
      for (const { file, detail } of scan.problems) logToFile(`skipped ${file}: ${detail}`);
    },
    ready: (swarm, folder) => {
      footer = [
        '',
        `vault  ${folder.vault}   (open this folder in Obsidian)`,
        `IRC    ${swarm.irc.host}:${swarm.irc.port} ${CHANNEL}   (any client may join, no TLS)`,
        `chain  ${swarm.rpcUrl}   log  ${folder.log}`,
        'stop   Ctrl-C, or swarm-ops stop; start again to go on',
      ];
      if (!isLive) {
        for (const line of footer.slice(1)) say(line);
        return;
      }
      table = createLiveTable(process.stderr);
      timer = setInterval(redraw, REDRAW_MS);
    },
    onBeat: (report) => {
      const before = rows.get(report.agent);
      if (before !== undefined) rows.set(report.agent, nextRow(before, report));
      for (const error of report.errors) logToFile(`${report.agent}: ${error}`);
      if (isLive) return;
      for (const what of report.did) say(`${report.agent}: ${what}`);
      for (const error of report.errors) say(`${report.agent}: failed: ${error}`);
    },
    log: (line) => {
      logToFile(line);
      if (table === undefined) say(line);
      else lastLine = displayText(line);
    },
    close: () => {
      clearInterval(timer);
      redraw();
      table?.close();
      table = undefined;
    },
  };
}

/** What was not as it should be in logs that could be used, a line for each kind. */
function oddities({ tooLong, mended, unparsed }: CorpusScan['counts']): readonly string[] {
  return [
    ...(tooLong > 0 ? [`lines that are too long, skipped: ${tooLong}`] : []),
    ...(mended > 0 ? [`lines with bytes that are not UTF-8, mended: ${mended}`] : []),
    ...(unparsed > 0 ? [`lines in no known form, skipped: ${unparsed}`] : []),
  ];
}

function rowOf(manifest: Manifest): AgentRow {
  return {
    name: manifest.metadata.name,
    role: manifest.spec.role,
    beats: 0,
    errors: 0,
    task: 'waking up',
    reason: `budget ${formatUsdc(manifest.spec.budget.daily)} USDC a day`,
    balanceAtomic: undefined,
    revenueAtomic: 0n,
    isOk: true,
  };
}

function nextRow(before: AgentRow, report: BeatReport): AgentRow {
  return {
    ...before,
    beats: before.beats + 1,
    errors: before.errors + (report.ok ? 0 : 1),
    task: report.did[0] ?? report.task,
    reason: report.errors[0] ?? report.reason,
    balanceAtomic: report.balanceAtomic ?? before.balanceAtomic,
    revenueAtomic: report.revenueAtomic,
    isOk: report.ok,
  };
}
