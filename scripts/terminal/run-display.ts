import { CHANNEL } from '../../lib/core/channel.ts';
import { displayText } from '../../lib/core/display-text.ts';
import type { Manifest } from '../../lib/core/manifest.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import type { BeatReport } from '../../lib/heartbeat/ports.ts';
import type { Progress } from '../../lib/host/machine/progress.ts';
import type { Swarm } from '../../lib/host/machine/swarm.ts';
import { type TradeTotals, totalsSince } from '../../lib/host/machine/trade-totals.ts';
import type { StateFolder } from '../../lib/host/state-folder.ts';
import type { CorpusScan } from '../../lib/products/corpus.ts';
import { type AgentRow, nextRow, wakingRow } from './agent-row.ts';
import { formatDuration } from './duration.ts';
import { type LiveScreen, openLiveScreen } from './live-screen.ts';
import { type News, newsOf } from './news.ts';
import type { StepLine } from './step-line.ts';
import type { ForcedExit } from './stop-signals.ts';
import { countTrades, type TradeCounter } from './trade-counter.ts';

/** Shows a run at the terminal. Everything goes to stderr: stdout is for the report. */
export interface RunDisplay {
  /** Shows a step of the start or of the stop. */
  readonly progress: Progress;
  readonly corpusRead: (scan: CorpusScan) => void;
  readonly ready: (swarm: Swarm, folder: StateFolder) => void;
  readonly onBeat: (report: BeatReport) => void;
  /** Shows a line once and writes it to the log. */
  readonly log: (line: string) => void;
  /** Shows that a stop was requested. */
  readonly stopping: () => void;
  /** Shows that the process exits before the stop is complete. */
  readonly forcedExit: (why: ForcedExit) => void;
  /** Leaves the last table on the screen; later steps and lines come below. */
  readonly close: () => void;
}

/** What the display writes to. */
export interface DisplayParts {
  readonly stream: NodeJS.WriteStream;
  /** Whether the stream can show a table that changes. */
  readonly isLive: boolean;
  readonly steps: StepLine;
  readonly logToFile: (line: string) => void;
}

/** Whether a stream can show a table that changes in place. */
export function isLiveStream(stream: NodeJS.WriteStream, term: string | undefined): boolean {
  return stream.isTTY === true && term !== 'dumb';
}

const SHOWN_PROBLEMS = 5;
const KEPT_NEWS = 50;
const HOW_TO_STOP = 'Ctrl-C or swarm-ops stop ends the run; the next start continues it';
const HOW_TO_FORCE = 'Ctrl-C again ends at once';
const STOPPED = 'stopped';

/** Shows a live table where the terminal allows it, else plain lines. */
export function createRunDisplay(
  manifests: readonly Manifest[],
  { stream, isLive, steps, logToFile }: DisplayParts,
): RunDisplay {
  const rows = new Map<string, AgentRow>(manifests.map((manifest) => [manifest.metadata.name, wakingRow(manifest)]));
  const news: News[] = [];
  let places: readonly string[] = [];
  let status = HOW_TO_STOP;
  let screen: LiveScreen | undefined;
  let counter: TradeCounter | undefined;
  let lastStep = '';
  let isStopping = false;

  const addNews = (more: readonly News[]): void => {
    news.unshift(...more);
    news.splice(KEPT_NEWS);
  };

  const leave = (last: string): void => {
    counter?.stop();
    steps.clear();
    status = last;
    screen?.close();
    screen = undefined;
  };

  return {
    progress: (step, done, of) => {
      if (step !== lastStep) logToFile(step);
      lastStep = step;
      if (screen === undefined) return steps.show(step, done, of);
      const count = of === undefined ? '' : `: ${done ?? 0} of ${of}`;
      status = `stopping: ${step}${count}${isStopping ? ` (${HOW_TO_FORCE})` : ''}`;
      screen.draw();
    },
    corpusRead: (scan) => {
      const { days, files, messages } = scan.counts;
      steps.say(`· ${days} days of chat in ${files} files${messages > 0 ? `, ${messages} messages` : ''}`);
      for (const line of lineWarnings(scan.counts)) {
        steps.say(`  ${line}`);
        logToFile(line);
      }
      for (const { file, detail } of scan.problems.slice(0, SHOWN_PROBLEMS)) steps.say(`  skipped ${file}: ${detail}`);
      const more = scan.problems.length - SHOWN_PROBLEMS;
      if (more > 0) steps.say(`  and ${more} more; the log has them all`);
      for (const { file, detail } of scan.problems) logToFile(`skipped ${file}: ${detail}`);
    },
    ready: (swarm, folder) => {
      steps.clear();
      places = [
        `vault: ${folder.vault} (open this folder in Obsidian)`,
        `IRC: ${swarm.irc.host}:${swarm.irc.port} ${CHANNEL} (any client may join, no TLS)`,
        `chain: ${swarm.rpcUrl}`,
        `log: ${folder.log}`,
      ];
      if (!isLive) {
        for (const line of [...places, HOW_TO_STOP]) steps.say(line);
        return;
      }
      const startedMs = Date.now();
      const trades = countTrades(swarm);
      counter = trades;
      screen = openLiveScreen(stream, () => ({
        head: headOf(swarm, trades.totals(), (Date.now() - startedMs) / 1000),
        rows: [...rows.values()],
        news,
        places,
        status,
      }));
    },
    onBeat: (report) => {
      const before = rows.get(report.agent);
      if (before !== undefined) rows.set(report.agent, nextRow(before, report));
      addNews(newsOf(report));
      for (const error of report.errors) logToFile(`${report.agent}: ${error}`);
      if (isLive) return;
      for (const { what, reason } of report.did) steps.say(`${report.agent}: ${what}: ${reason}`);
      for (const error of report.errors) steps.say(`${report.agent}: failed: ${error}`);
    },
    log: (line) => {
      logToFile(line);
      if (screen === undefined) steps.say(line);
      else addNews([{ agent: 'swarm', what: displayText(line), why: '', isFailure: false }]);
    },
    stopping: () => {
      isStopping = true;
      const open = counter?.totals().open ?? 0;
      const left = open === 0 ? '' : `; ${open} open trades continue at the next start`;
      const line = `stopping${left} (${HOW_TO_FORCE})`;
      logToFile(line);
      if (screen === undefined) return steps.say(line);
      addNews([{ agent: 'swarm', what: `stopping${left}`, why: '', isFailure: false }]);
      status = line;
      screen.draw();
    },
    forcedExit: (why) => {
      leave(status);
      steps.say(
        why === 'second Ctrl-C'
          ? 'Ended at once, by a second Ctrl-C; no open trade is lost: start again to continue'
          : `Ended while ${lastStep === '' ? 'stopping' : lastStep}, which took too long; start again to continue`,
      );
    },
    close: () => leave(STOPPED),
  };
}

/** The results of this run so far, in one line. */
function headOf(swarm: Swarm, totals: TradeTotals, seconds: number): string {
  const { completed, paidAtomic, open } = totalsSince(swarm.before, totals);
  const goods = [...swarm.offered.values()].reduce((sum, count) => sum + count, 0);
  const errors = swarm.agents.reduce((sum, agent) => sum + agent.counts.errors, 0);
  return [
    `${formatDuration(seconds)}: ${goods} goods made`,
    `${completed} trades paid with ${formatUsdc(paidAtomic)} USDC`,
    `${open} open`,
    errors === 0 ? 'no errors' : `${errors} errors`,
  ].join(', ');
}

/** Lines of the chat logs that were skipped or repaired, counted by kind. */
function lineWarnings({ tooLong, mended, unparsed }: CorpusScan['counts']): readonly string[] {
  return [
    ...(tooLong > 0 ? [`lines that are too long, skipped: ${tooLong}`] : []),
    ...(mended > 0 ? [`lines with bytes that are not UTF-8, repaired: ${mended}`] : []),
    ...(unparsed > 0 ? [`lines in no known format, skipped: ${unparsed}`] : []),
  ];
}
