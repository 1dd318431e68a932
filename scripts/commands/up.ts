import { rm } from 'node:fs/promises';
import { displayText } from '../../lib/core/display-text.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { createLogFile } from '../../lib/host/log-file.ts';
import { openCorpusSource } from '../../lib/host/machine/corpus-source.ts';
import { followRounds, type Rounds } from '../../lib/host/machine/rounds.ts';
import { type Swarm, startSwarm } from '../../lib/host/machine/swarm.ts';
import { checkUpOptions, type RawUpOptions, type UpOptions } from '../../lib/host/machine/up-options.ts';
import { checkStateFolder, claimStateFolder, openStateFolder, stateFolderAt } from '../../lib/host/state-folder.ts';
import { checkTools } from '../../lib/host/tools.ts';
import { openSecrets } from '../../lib/keys/development-secrets.ts';
import { reportRun } from '../terminal/report-run.ts';
import { createRunDisplay } from '../terminal/run-display.ts';
import { untilStopped } from '../terminal/stop-signals.ts';

/** Starts the swarm and runs it until Ctrl-C, `swarm-ops stop` or the end of its rounds. Gives the exit code. */
export async function up(raw: RawUpOptions): Promise<number> {
  const startedMs = Date.now();
  const options = await checkUpOptions(raw);
  await checkTools();
  const manifests = await loadManifests([options.agentsDir ?? projectPath('agents')]);
  const isNew = !(await checkStateFolder(stateFolderAt(options.stateDir)));
  const folder = await openStateFolder(options.stateDir, formatIso(systemClock()), (line) => {
    process.stderr.write(`${displayText(line)}\n`);
  });
  const closers: (() => Promise<void>)[] = [];
  let isRunning = false;
  try {
    closers.push(await claimStateFolder(folder));
    const logFile = await createLogFile(folder.log);
    closers.push(logFile.close);
    const display = createRunDisplay(manifests, options, logFile.write);
    closers.push(async () => display.close());
    const secrets = await openSecrets(folder.secrets);
    const stopped = untilStopped();
    closers.push(async () => stopped.dispose());

    display.progress(
      `reading the chat logs${options.dataDir === undefined ? ' of the sample' : ` in ${options.dataDir}`}`,
    );
    const corpus = await openCorpusSource(folder, secrets, options, logFile.write);
    closers.push(corpus.close);
    const scan = await corpus.corpus.scan();
    display.corpusRead(scan);

    let rounds: Rounds | undefined;
    const swarm = await startSwarm({
      folder,
      secrets,
      manifests,
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
    });
    closers.push(swarm.stop);
    isRunning = true;
    display.ready(swarm, folder);
    if (options.rounds !== undefined) rounds = followRounds(swarm.agents, options.rounds, swarm.hasOpenTrades);
    await (rounds === undefined ? stopped.requested : Promise.race([stopped.requested, rounds.over]));
    return await finish(swarm, options, rounds, startedMs, display);
  } catch (error) {
    await closeAll(closers);
    // Nothing of a swarm that never ran is left behind.
    if (isNew && !isRunning) await rm(folder.dir, { recursive: true, force: true });
    throw error;
  } finally {
    await closeAll(closers);
  }
}

async function finish(
  swarm: Swarm,
  options: UpOptions,
  rounds: Rounds | undefined,
  startedMs: number,
  display: ReturnType<typeof createRunDisplay>,
): Promise<number> {
  if (rounds === undefined) {
    display.progress('stopping');
    return 0;
  }
  const { report, isComplete } = await reportRun(swarm, rounds, startedMs);
  display.close();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`);
  return isComplete ? 0 : 1;
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
