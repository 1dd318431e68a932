import { displayText } from '../../core/display-text.ts';
import { formatError } from '../../core/errors.ts';
import { exitCodeOf } from '../../core/exit-code.ts';
import { formatIso, systemClock } from '../../core/time.ts';
import { closeAll } from '../close-all.ts';
import { claimStateFolder, openStateFolder, type StateFolder } from '../state-folder.ts';
import type { WaitOptions } from '../wait-for.ts';
import { type BeatWriter, createBeatWriter } from './beat-writer.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { describeCrash } from './crash.ts';

/** What a container's program gets. */
export interface ContainerRun {
  readonly folder: StateFolder;
  readonly waitOptions: WaitOptions;
  readonly beats: BeatWriter;
  readonly log: (line: string) => void;
  /** Resolves when the container is told to stop. */
  readonly stopped: Promise<void>;
  /** What to close when the container stops, newest first. */
  readonly closers: (() => Promise<void> | void)[];
}

/** How long after SIGTERM a beat may run and be pushed. Docker kills a container after 10 s. */
const STOP_MS = 8_000;

/** Seconds between two beats when KK_BEAT_SECONDS is not set, as in the manifests' schedules. */
export const DEFAULT_BEAT_SECONDS = 300;

/**
 * Runs the program of a container: reads its environment, locks its state folder, and runs until it is told to stop.
 * Returns the exit code.
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
    // All state is on disk; the next start continues from it.
    setTimeout(() => process.exit(0), STOP_MS).unref();
    stop.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  // After an uncaught error the state in memory can't be trusted; the next start continues from the disk.
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
    const waitOptions: WaitOptions = {
      log,
      signal: stop.signal,
      onWait: (what) => void beats.wait(what ?? 'its start'),
    };
    await program(environment, { folder, waitOptions, beats, log, stopped, closers });
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    process.stderr.write(`${formatError(error).split('\n').map(displayText).join('\n')}\n`);
    return exitCodeOf(error);
  } finally {
    await closeAll(closers, log);
  }
}
