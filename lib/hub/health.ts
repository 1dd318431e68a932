import { formatError } from '../core/errors.ts';
import type { Disk } from './disk.ts';
import { runGit } from './git-run.ts';
import type { Ngircd } from './ngircd.ts';

/** What is looked at. */
export interface HealthParts {
  readonly repository: string;
  readonly disk: Disk;
  readonly ngircd: Pick<Ngircd, 'isUp'>;
  /** How many are in the channel, and how many gits run. */
  readonly counts: () => { readonly irc: number; readonly git: number };
}

/** The answer to `/healthz`: 200 when all parts work, else 503. `ok` is what works or why it doesn't. */
export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: { readonly ok: boolean; readonly parts: Readonly<Record<'git' | 'irc' | 'disk', string>> };
}

const FRESH_MS = 2000;

/** Looks at git, IRC and disk, at most every two seconds however often it is asked. */
export function createHealth(parts: HealthParts): () => Promise<HealthAnswer> {
  let known: { readonly answer: Promise<HealthAnswer>; readonly atMs: number } | undefined;
  return () => {
    if (known === undefined || performance.now() - known.atMs > FRESH_MS) {
      known = { answer: look(parts), atMs: performance.now() };
    }
    return known.answer;
  };
}

async function look({ repository, disk, ngircd, counts }: HealthParts): Promise<HealthAnswer> {
  let isOk = true;
  const tell = async (work: Promise<string>): Promise<string> => {
    try {
      return await work;
    } catch (error) {
      isOk = false;
      return `fails: ${formatError(error)}`;
    }
  };
  const [git, irc, room] = await Promise.all([
    tell(
      runGit(['rev-parse', '--verify', 'refs/heads/main'], { repository, timeoutMs: 5000 }).then(
        (head) => `ok, main is ${head.toString().slice(0, 12)}, ${counts().git} at work`,
      ),
    ),
    tell(
      ngircd.isUp().then((isUp) => {
        if (!isUp) throw new Error('ngircd does not listen');
        return `ok, ${counts().irc} connections`;
      }),
    ),
    tell(
      disk.fault().then(async (fault) => {
        if (fault !== undefined) throw new Error(fault);
        return `ok, ${Math.floor((await disk.freeBytes()) / 2 ** 20)} MiB free`;
      }),
    ),
  ]);
  return { status: isOk ? 200 : 503, body: { ok: isOk, parts: { git, irc, disk: room } } };
}
