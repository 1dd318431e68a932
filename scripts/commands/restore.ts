import { resolve } from 'node:path';
import { type RestoreOrder, restoreBackup } from '../../lib/backup/restore-backup.ts';
import { completeState, isKeptOfState, prepareState, requireNoSwarm } from '../../lib/host/state-backup.ts';
import { stateFolderAt } from '../../lib/host/state-folder.ts';
import { completeHub, hubLock, isKeptOfHub, prepareHub } from '../../lib/hub/hub-backup.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { type OpenerOptions, readOpeners } from '../terminal/backup-keys.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { isLiveStream } from '../terminal/run-display.ts';
import { createStepLine } from '../terminal/step-line.ts';

/** The options of `restore`. */
export interface RestoreOptions extends OpenerOptions {
  readonly state: string;
  readonly hub?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Restores a swarm or a hub from a backup, and says what to do next. */
export async function restore(file: string, options: RestoreOptions): Promise<number> {
  const openers = await readOpeners(options);
  const steps = createStepLine(
    process.stderr,
    isLiveStream(process.stderr, process.env.TERM) && !options.json,
    Date.now,
  );
  const stop = abortAtStop();
  const dir = resolve(options.hub ?? options.state);
  const kind = options.hub === undefined ? stateRules(stop.signal) : hubRules;
  let count = 0;
  try {
    await requireNoSwarm(options.hub === undefined ? stateFolderAt(dir).lock : hubLock(dir));
    const { about, files, aside } = await restoreBackup({
      ...kind,
      file,
      dir,
      openers,
      isForced: options.force === true,
      signal: stop.signal,
      complete: async (draft, of) => {
        steps.show('checking what was restored');
        await kind.complete(draft, of);
      },
      onFile: () => {
        count += 1;
        steps.show(`restoring ${dir}`, count);
      },
    });
    steps.clear();
    if (options.json) {
      printJson('Restore', [{ dir, files: files.length, ...about, ...(aside === undefined ? {} : { aside }) }]);
      return 0;
    }
    printLine(`Restored ${files.length} files to ${dir}, as they were at ${about.createdAt}.`);
    if (aside !== undefined) printLine(`What was there before is in ${aside}.`);
    for (const line of about.of === 'hub' ? hubNext(dir, files) : stateNext(options.state)) printLine(line);
    return 0;
  } finally {
    steps.clear();
    stop.dispose();
  }
}

type Rules = Pick<RestoreOrder, 'of' | 'isKept' | 'prepare' | 'complete'>;

function stateRules(signal: AbortSignal): Rules {
  return {
    of: 'state',
    isKept: isKeptOfState,
    prepare: prepareState,
    complete: (draft) => completeState(draft, signal),
  };
}

const hubRules: Rules = { of: 'hub', isKept: isKeptOfHub, prepare: prepareHub, complete: completeHub };

function stateNext(state: string): readonly string[] {
  return [
    `Start it with npm start${state === '.karmakadabra' ? '' : ` -- --state ${state}`}. Open trades are finished first.`,
    'Make sure that the swarm it was taken from runs nowhere else: two with the same keys would pay twice.',
  ];
}

function hubNext(dir: string, files: readonly { readonly path: string }[]): readonly string[] {
  const hasAccounts = files.some(({ path }) => path === 'hub/accounts.json');
  return [
    'Start the hub: its addresses, accounts and certificates are the same, so nobody has to change anything.',
    ...(hasAccounts
      ? [`A copy of its accounts is ${dir}/hub/accounts.json: put it where KK_SECRET_FILE points if that is lost.`]
      : []),
    'Make sure that the hub it was taken from runs nowhere else.',
  ];
}
