import { displayText } from '../../core/display-text.ts';
import { formatError } from '../../core/errors.ts';
import { exitCodeOf } from '../../core/exit-code.ts';
import { formatIso, systemClock } from '../../core/time.ts';
import { claimStateFolder, openStateFolder, type StateFolder } from '../state-folder.ts';
import type { Patience } from '../wait-for.ts';
import { type BeatWriter, createBeatWriter } from './beat-writer.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { describeCrash } from './crash.ts';

/** What the program in a container runs with. */
export interface ContainerRun {
  readonly folder: StateFolder;
  readonly patience: Patience;
  readonly beats: BeatWriter;
  readonly log: (line: string) => void;
  /** Resolves when the container is told to stop. */
  readonly stopped: Promise<void>;
  /** What to close when the container stops, newest first. */
  readonly closers: (() => Promise<void> | void)[];
}

/** So long after SIGTERM a beat may go on and its writes may reach the hub. Containers are killed after 10 s. */
const STOP_MS = 8_000;

/** Seconds between two beats where KK_BEAT_SECONDS is not set; the manifests' schedules have the same pace. */
export const DEFAULT_BEAT_SECONDS = 300;

/**
 * Runs the program of a container: reads its environment, locks its state folder, and runs it until it is told to stop.
 * Gives the exit code.
 */
export async function runContainer<Environment extends ContainerEnvironment & { readonly KK_AGENT?: string }>(
  readEnvironment: (given: NodeJS.ProcessEnv) => Environment,
  program: (environment: Environment, run: ContainerRun) => Promise<void>,
): Promise<number> {
  const stop = new AbortController();
  const closers: (() => Promise<void> | void)[] = [];
  const log = (line: string): void => {
    process.stdout.write(`${displayText(line)}\n`);
  };
  const onSignal = (): void => {
    if (stop.signal.aborted) return;
    log('stopping');
    // All that matters is on disk; the next start goes on from there.
    setTimeout(() => process.exit(0), STOP_MS).unref();
    stop.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  // After an error that nobody caught nothing in memory can be relied on; the next start goes on from the disk.
  process.once('uncaughtException', (error: unknown) => {
    process.stderr.write(`${describeCrash(error)}\n`);
    process.exit(exitCodeOf(error));
  });
  const stopped = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    const environment = readEnvironment(process.env);
    const folder = await openStateFolder(environment.KK_STATE, formatIso(systemClock()), log);
    closers.push(await claimStateFolder(folder));
    const everySeconds = environment.KK_BEAT_SECONDS ?? DEFAULT_BEAT_SECONDS;
    const beats = createBeatWriter({
      name: environment.KK_AGENT ?? 'the steward',
      stateDir: folder.dir,
      everySeconds,
      log,
    });
    await beats.wait('its start');
    const patience: Patience = { log, signal: stop.signal, onWait: (what) => void beats.wait(what ?? 'its start') };
    await program(environment, { folder, patience, beats, log, stopped, closers });
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    process.stderr.write(`${formatError(error).split('\n').map(displayText).join('\n')}\n`);
    return exitCodeOf(error);
  } finally {
    await closeAll(closers, log);
  }
}

/** Closes what was opened, newest first; one that fails doesn't keep the others open. */
async function closeAll(closers: (() => Promise<void> | void)[], log: (line: string) => void): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      log(`while stopping: ${formatError(error)}`);
    }
  }
}
