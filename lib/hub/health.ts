import { formatError } from '../core/errors.ts';
import type { Conduct } from './conduct.ts';
import type { Disk } from './disk.ts';
import { runGit } from './git-run.ts';
import type { Ngircd } from './ngircd.ts';
import { type NoticedAccount, noticedAccounts } from './noticed-accounts.ts';
import type { PushQuota } from './push-quota.ts';

/** The parts that are checked. */
export interface HealthParts {
  readonly repository: string;
  readonly disk: Disk;
  readonly ngircd: Pick<Ngircd, 'isUp'>;
  readonly quota: PushQuota;
  readonly conduct: Conduct;
  /** The number of IRC connections and of running git processes. */
  readonly counts: () => { readonly irc: number; readonly git: number };
}

/** The response of `/healthz`: 200 when all parts work, else 503. */
export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: {
    readonly ok: boolean;
    readonly parts: Readonly<Record<'git' | 'irc' | 'disk', string>>;
    /** The accounts that an operator should look at; the hub is well all the same. */
    readonly accounts: readonly NoticedAccount[];
  };
}

const FRESH_MS = 2000;

/** Creates the health check of git, IRC and disk. It runs at most every two seconds; calls in between get the last result. */
export function createHealth(parts: HealthParts): () => Promise<HealthAnswer> {
  let known: { readonly answer: Promise<HealthAnswer>; readonly atMs: number } | undefined;
  return () => {
    if (known === undefined || performance.now() - known.atMs > FRESH_MS) {
      known = { answer: check(parts), atMs: performance.now() };
    }
    return known.answer;
  };
}

async function check({ repository, disk, ngircd, quota, conduct, counts }: HealthParts): Promise<HealthAnswer> {
  let isOk = true;
  const describe = async (work: Promise<string>): Promise<string> => {
    try {
      return await work;
    } catch (error) {
      isOk = false;
      return `fails: ${formatError(error)}`;
    }
  };
  const [git, irc, room] = await Promise.all([
    describe(
      runGit(['rev-parse', '--verify', 'refs/heads/main'], { repository, timeoutMs: 5000 }).then(
        (head) => `ok, main is ${head.toString().slice(0, 12)}, ${counts().git} running`,
      ),
    ),
    describe(
      ngircd.isUp().then((isUp) => {
        if (!isUp) throw new Error('ngircd does not listen');
        return `ok, ${counts().irc} connections`;
      }),
    ),
    describe(
      disk.error().then(async (error) => {
        if (error !== undefined) throw new Error(error);
        return `ok, ${Math.floor((await disk.freeBytes()) / 2 ** 20)} MiB free`;
      }),
    ),
  ]);
  const accounts = noticedAccounts(quota, conduct);
  return { status: isOk ? 200 : 503, body: { ok: isOk, parts: { git, irc, disk: room }, accounts } };
}
