import { systemClock } from '../../core/time.ts';
import type { Secrets } from '../../keys/development-secrets.ts';
import { startSampleCorpus } from '../../local/sample-corpus/writer.ts';
import { type Corpus, openCorpus } from '../../products/corpus.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Progress } from './progress.ts';
import type { UpOptions } from './up-options.ts';

/** The chat logs of this run. */
export interface CorpusSource {
  readonly corpus: Corpus;
  /** The folder that is read. */
  readonly dir: string;
  readonly isSample: boolean;
  /** Makes each day of the sample take so many times as long; does nothing to given logs. */
  readonly slowTo: (times: number) => void;
  readonly close: () => Promise<void>;
}

/** The sample is the same community for everyone. */
export const SAMPLE_SEED = 'karmakadabra';

/**
 * Opens the given logs, or starts the sample, in which a new day arrives every minute.
 * @throws what `openCorpus` throws for a folder that can't be used.
 */
export async function openCorpusSource(
  folder: StateFolder,
  secrets: Pick<Secrets, 'pseudonymKey'>,
  options: Pick<UpOptions, 'dataDir' | 'corpusFile'>,
  progress: Progress,
  log: (line: string) => void,
): Promise<CorpusSource> {
  const onFirstDay = (done: number, of: number): void => progress('writing the first days of the sample', done, of);
  const sample =
    options.dataDir === undefined
      ? await startSampleCorpus({ dir: folder.sample, seed: SAMPLE_SEED, onFirstDay, log })
      : undefined;
  const dir = options.dataDir ?? folder.sample;
  try {
    progress('opening the chat logs');
    const corpus = await openCorpus({
      dir,
      ...(options.corpusFile === undefined ? {} : { settingsFile: options.corpusFile }),
      workDir: folder.corpusWork,
      pseudonymKey: secrets.pseudonymKey,
      now: systemClock,
      log,
    });
    return {
      corpus,
      dir,
      isSample: sample !== undefined,
      slowTo: (times) => sample?.slowTo(times),
      close: async () => await sample?.close(),
    };
  } catch (error) {
    await sample?.close();
    throw error;
  }
}
