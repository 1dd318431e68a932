import { formatError } from '../core/errors.ts';
import type { Account } from '../core/hub-accounts.ts';
import { quarantinePath } from '../core/quarantine.ts';
import type { RecoverWallet } from '../core/signed-note.ts';
import { formatIso, systemClock } from '../core/time.ts';
import { createGit } from '../vault/git.ts';
import { lastAuthorOf } from '../vault/history.ts';
import { type OrderKeeper, openOrderKeeper } from '../vault/order-keeper.ts';
import { readFilesAt, readVersions } from '../vault/path-history.ts';
import { type SignedNote, signedNotesOf } from '../vault/signed-notes.ts';
import { type OrderConfig, readOrderAuthority } from './order-authority.ts';

/** Closes the hub to agents that operators put in quarantine. */
export interface QuarantineGate {
  /** Why an account gets neither git nor IRC now; undefined when the hub is open to it. */
  readonly closedReason: (account: Pick<Account, 'account'>) => string | undefined;
  /** Reads the operators' orders from `main` again. Never throws. Calls run one after another, and waiting ones are one. */
  readonly look: () => Promise<void>;
}

/** What {@link createQuarantineGate} needs. */
export interface QuarantineGateParts {
  readonly repository: string;
  /** The memory of what is obeyed. */
  readonly file: string;
  readonly config: OrderConfig;
  readonly accounts: () => readonly Account[];
  readonly recoverWallet: RecoverWallet;
  /** Called when the agents in quarantine changed. */
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

const MAIN = 'refs/heads/main';

/** Creates the gate; it is open until the first look. */
export function createQuarantineGate(parts: QuarantineGateParts): QuarantineGate {
  const { repository, file, config, accounts, recoverWallet, log } = parts;
  const git = createGit(repository);
  let keeper: OrderKeeper | undefined;
  let known = '';
  /** The head of the last look. */
  let seen: string | undefined;
  let queue = Promise.resolve();
  let isWaiting = false;

  /** Only agents with an account have one: files that people add for others are not read. */
  const paths = () => accounts().flatMap(({ account, kind }) => (kind === 'agent' ? [quarantinePath(account)] : []));
  const versionsIn = (range: string) => signedNotesOf(readVersions(git, range, paths()));

  async function open(): Promise<OrderKeeper | undefined> {
    const authority = await readOrderAuthority(config);
    if (authority === undefined) return undefined;
    return openOrderKeeper({
      file,
      ...authority,
      recoverWallet,
      history: () => versionsIn(MAIN),
      authorOf: (path) => lastAuthorOf(git, MAIN, path),
      clock: systemClock,
    });
  }

  async function readAgain(): Promise<void> {
    keeper ??= await open();
    if (keeper === undefined) return;
    const head = (await git.run(['rev-parse', MAIN])).trim();
    // An order that another push has replaced by now counts, too.
    const passed = seen === undefined || seen === head ? [] : versionsIn(`${seen}..${head}`);
    const notes: SignedNote[] = [];
    for await (const note of signedNotesOf(readFilesAt(git, head, paths()))) notes.push(note);
    await keeper.look(notes, passed);
    seen = head;
    const now = [...keeper.current().quarantined.keys()].sort().join(', ');
    if (now === known) return;
    known = now;
    log(now === '' ? 'no agent is in quarantine any more' : `in quarantine: ${now}`);
    parts.onChanged();
  }

  const attempt = () =>
    readAgain().catch((error: unknown) => log(`cannot read the quarantines: ${formatError(error)}`));

  return {
    closedReason: ({ account }) => {
      const quarantine = keeper?.current().quarantined.get(account);
      if (quarantine === undefined) return undefined;
      const until = quarantine.until === undefined ? 'until it is released' : `until ${formatIso(quarantine.until)}`;
      return `${account} is in quarantine ${until}: ${quarantine.reason}. An operator ends it with swarm-ops quarantine ${account} --release.`;
    },
    look: () => {
      if (isWaiting) return queue;
      isWaiting = true;
      queue = queue.then(() => {
        isWaiting = false;
        return attempt();
      });
      return queue;
    },
  };
}
