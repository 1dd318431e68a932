import { rm } from 'node:fs/promises';
import { displayText } from '../../lib/core/display-text.ts';
import type { Manifest } from '../../lib/core/manifest.ts';
import { parseOperatorKeys } from '../../lib/core/operator-keys.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { checkTools } from '../../lib/host/check-git.ts';
import { closeAll } from '../../lib/host/close-all.ts';
import { createLogFile } from '../../lib/host/log-file.ts';
import type { Progress } from '../../lib/host/machine/progress.ts';
import { followRounds, type Rounds } from '../../lib/host/machine/rounds.ts';
import { checkUpOptions, type RawUpOptions, type UpOptions } from '../../lib/host/machine/up-options.ts';
import {
  checkStateFolder,
  claimStateFolder,
  openStateFolder,
  type StateFolder,
  stateFolderAt,
} from '../../lib/host/state-folder.ts';
import { createRunDisplay, isLiveStream } from '../terminal/run-display.ts';
import { summarizeRun } from '../terminal/run-summary.ts';
import { createStepLine, type StepLine } from '../terminal/step-line.ts';
import { listenForStop } from '../terminal/stop-signals.ts';

/** Starts the swarm and runs it until Ctrl-C, `swarm-ops stop` or the end of its rounds. Gives the exit code. */
export async function up(raw: RawUpOptions): Promise<number> {
  const startedMs = Date.now();
  const options = await checkUpOptions(raw);
  const isLive = isLiveStream(process.stderr, process.env.TERM) && !options.json;
  const steps = createStepLine(process.stderr, isLive, Date.now);
  try {
    steps.show('looking for the agents');
    await checkTools();
    const manifests = await loadManifests([options.agentsDir ?? projectPath('agents')]);
    const isNew = !(await checkStateFolder(stateFolderAt(options.stateDir)));
    const parts = await loadParts(steps.show);
    const folder = await openStateFolder(options.stateDir, formatIso(systemClock()), (line) =>
      steps.say(displayText(line)),
    );
    return await run({ startedMs, options, isLive, steps, manifests, isNew, folder, parts });
  } finally {
    steps.clear();
  }
}

/** Loads the parts that take a second or more to load, and shows the progress. */
async function loadParts(progress: Progress) {
  const loading = (done: number): void => progress('loading the program', done, 4);
  loading(0);
  const { openSecrets } = await import('../../lib/keys/development-secrets.ts');
  loading(1);
  const { openCorpusSource } = await import('../../lib/host/machine/corpus-source.ts');
  loading(2);
  const { startSwarm } = await import('../../lib/host/machine/swarm.ts');
  loading(3);
  const { readRunEnd, reportRun } = await import('../terminal/report-run.ts');
  return { openSecrets, openCorpusSource, startSwarm, readRunEnd, reportRun };
}

interface Start {
  readonly startedMs: number;
  readonly options: UpOptions;
  readonly isLive: boolean;
  readonly steps: StepLine;
  readonly manifests: readonly Manifest[];
  readonly isNew: boolean;
  readonly folder: StateFolder;
  readonly parts: Awaited<ReturnType<typeof loadParts>>;
}

async function run(start: Start): Promise<number> {
  const { startedMs, options, isLive, steps, manifests, isNew, folder, parts } = start;
  const closers: (() => Promise<void>)[] = [];
  const early = new AbortController();
  const { signal } = early;
  let isRunning = false;
  try {
    closers.push(await claimStateFolder(folder));
    // Nothing of a swarm that never ran is left behind. It is done while the folder is held: another start may wait for it.
    closers.push(async () => {
      if (isNew && !isRunning) await rm(folder.dir, { recursive: true, force: true });
    });
    const logFile = await createLogFile(folder.log);
    closers.push(logFile.close);
    const display = createRunDisplay(manifests, { stream: process.stderr, isLive, steps, logToFile: logFile.write });
    closers.push(async () => display.close());
    const secrets = await parts.openSecrets(folder.secrets);
    const stopped = listenForStop(display.forcedExit);
    closers.push(async () => stopped.dispose());
    void stopped.requested.then(() => {
      display.stopping();
      early.abort();
    });

    const corpus = await parts.openCorpusSource(folder, secrets, options, display.progress, logFile.write);
    closers.push(corpus.close);
    const scan = await corpus.corpus.scan((done, of, step) => {
      signal.throwIfAborted();
      display.progress(`${step} the chat logs`, done, of);
    });
    display.corpusRead(scan);

    let rounds: Rounds | undefined;
    const swarm = await parts.startSwarm({
      folder,
      secrets,
      manifests,
      operatorKeys: parseOperatorKeys(process.env.KK_OPERATOR_KEYS ?? ''),
      corpus,
      options,
      draining: () => stopped.isRequested() || (rounds?.isDraining() ?? false),
      onBeat: (report) => {
        display.onBeat(report);
        rounds?.onBeat();
      },
      log: display.log,
      debug: logFile.write,
      progress: display.progress,
      signal,
    });
    closers.push(swarm.stop);
    isRunning = true;
    display.ready(swarm, folder);
    if (options.rounds !== undefined) {
      rounds = followRounds(swarm.agents, options.rounds, swarm.hasOpenTrades, () =>
        display.log('all rounds are done: nothing new is bought, and open trades are finished'),
      );
    }
    await (rounds === undefined ? stopped.requested : Promise.race([stopped.requested, rounds.over]));

    const bounded = rounds === undefined ? undefined : await parts.reportRun(swarm, rounds, startedMs);
    const end = await parts.readRunEnd(swarm, startedMs);
    if (bounded !== undefined) {
      display.close();
      process.stdout.write(`${JSON.stringify(bounded.report, null, options.json ? 0 : 2)}\n`);
    }
    await closeAll(closers, steps.say);
    for (const line of summarizeRun(end)) steps.say(line);
    return bounded === undefined || bounded.isComplete ? 0 : 1;
  } catch (error) {
    await closeAll(closers, steps.say);
    // The terminal's Ctrl-C also ends child processes such as git: what fails from then on fails because of it.
    if (isRunning || !signal.aborted) throw error;
    steps.say('Stopped before the agents were started');
    return 0;
  } finally {
    await closeAll(closers, steps.say);
  }
}
