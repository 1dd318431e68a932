import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../core/hub-accounts.ts';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import type { BodySpool, SpooledBody } from './body-spool.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';
import type { Conduct } from './conduct.ts';
import type { Disk } from './disk.ts';
import { closed, createGitChildren, drain, type GitStart } from './git-children.ts';
import { Refusal } from './http-error.ts';
import type { OrderRules } from './order-rules.ts';
import { createOwnerTotals } from './owner-totals.ts';
import { HOOK_VARIABLE } from './push-hook.ts';
import type { PushQuota } from './push-quota.ts';
import { judgePush } from './push-verdict.ts';
import { createShares } from './shares.ts';

/** The services of git's smart HTTP protocol (gitprotocol-http). */
export type GitService = 'git-upload-pack' | 'git-receive-pack';

/** One request of an account. */
export interface GitRequest {
  readonly service: GitService;
  readonly account: Account;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Git over HTTP for one bare repository. Both throw a {@link Refusal} for a request that is not served. */
export interface GitHttp {
  readonly advertise: (asked: GitRequest) => Promise<void>;
  readonly serve: (asked: GitRequest) => Promise<void>;
  /** The number of running git processes. */
  readonly running: () => number;
  /** Ends the running git processes. */
  readonly stop: () => void;
}

/** What {@link createGitHttp} needs. */
export interface GitHttpParts {
  readonly repository: string;
  readonly orders: OrderRules;
  readonly spool: BodySpool;
  readonly quota: PushQuota;
  readonly conduct: Conduct;
  readonly disk: Disk;
  /** Called when git starts to take a push of an account. */
  readonly onPushing: (account: Account) => void;
  /** Called when a push of an account has ended, accepted or not. */
  readonly onPushed: (account: Account, isAccepted: boolean) => void;
  readonly log: (line: string) => void;
}

/**
 * Creates {@link GitHttp}. Requests are bounded in number, size, rate and time, for each account and in all. A body is received
 * completely before git starts, and an account's place is free before its response ends.
 */
export function createGitHttp(parts: GitHttpParts): GitHttp {
  const { repository, orders, spool, quota, conduct, disk, onPushing, onPushed, log } = parts;
  const { pushes, fetches, shares, body, git } = HUB_BOUNDS;
  const run = { push: createConcurrencyLimit(pushes), fetch: createConcurrencyLimit(fetches) };
  const take = { push: createShares(shares.pushes), fetch: createShares(shares.fetches) };
  const children = createGitChildren(repository, log);
  const target = { repository, totals: createOwnerTotals(repository), orders };

  /** Serves a request in a place of the account and among all that run. */
  async function inPlace(
    kind: 'push' | 'fetch',
    asked: GitRequest,
    work: (start: Run) => Promise<void>,
  ): Promise<void> {
    const { account, response } = asked;
    const free = take[kind](account.account);
    if (free === undefined) {
      const other = kind === 'push' ? 'another push' : `${shares.fetches} other fetches`;
      throw new Refusal(429, `The hub is busy with ${other} of ${account.account}; try again when it has ended.`);
    }
    try {
      await work(async (job) => {
        if (!(await run[kind](job))) throw new Refusal(503, 'The hub is busy; try again.');
      });
    } finally {
      free();
    }
    response.end();
  }

  const onSlow = ({ account }: GitRequest) => {
    conduct.note(account.account, 'cut');
    log(`cut off ${account.account}, which read too slowly`);
  };

  /** Runs git for a request until its output is sent. */
  async function runGit(asked: GitRequest, args: readonly string[], options: GitStart): Promise<void> {
    const child = children.start(args, options);
    asked.response.once('close', () => void child.kill('SIGTERM'));
    await drain(child, asked.response, () => onSlow(asked));
    await closed(child);
  }

  async function push(asked: GitRequest, { descriptor }: SpooledBody): Promise<void> {
    const { account, response } = asked;
    const options = { bounds: git.push, env: { [HOOK_VARIABLE]: '1' }, input: descriptor, hasHook: true };
    const child = children.start(['receive-pack', '--stateless-rpc'], options);
    const judged = judgePush(child, account, { target, quota, disk, log });
    let isAccepted = false;
    try {
      const ended = closed(child);
      // Without a verdict the connection is closed, and the pusher tries again.
      void judged.then((outcome) => {
        if (outcome === 'unknown') response.destroy();
        if (outcome === 'rejected' || outcome === 'unknown') conduct.note(account.account, 'refused');
      });
      await drain(child, response, () => onSlow(asked));
      const code = await ended;
      isAccepted = (await judged) === 'accepted' && code === 0;
    } finally {
      onPushed(account, isAccepted);
    }
  }

  async function receivePush({ account: { account }, request }: GitRequest): Promise<SpooledBody> {
    const freeBytes = await disk.freeBytes();
    const bytes = quota.room(account, 'wireBytes', freeBytes);
    const refusal = () => quota.refusal(account, 'wireBytes', 1, freeBytes) ?? 'The push is larger than your quota.';
    return spool.receive(request, {
      maxBytes: body.pushBytes,
      quota: { bytes, refusal },
      onBytes: (more) => quota.charge(account, 'wireBytes', more),
    });
  }

  /** @throws Refusal when the account may push nothing now. */
  async function checkQuota({ account: { account } }: GitRequest): Promise<void> {
    const freeBytes = await disk.freeBytes();
    for (const counted of ['wireBytes', 'changedBytes'] as const) {
      const refusal = quota.refusal(account, counted, 1, freeBytes);
      if (refusal !== undefined) throw new Refusal(429, refusal);
    }
  }

  return {
    running: children.running,
    stop: children.stop,
    advertise: async (asked) => {
      const { service, request, response } = asked;
      const isPush = service === 'git-receive-pack';
      if (isPush) await checkQuota(asked);
      await inPlace('fetch', asked, (start) =>
        start(async () => {
          const env = isPush ? {} : protocolOf(request);
          setHead(response, `application/x-${service}-advertisement`);
          if (env.GIT_PROTOCOL !== 'version=2') response.write(`${packet(`# service=${service}\n`)}0000`);
          const args = [service.slice(4), '--stateless-rpc', '--http-backend-info-refs'];
          await runGit(asked, args, { bounds: git.fetch, env });
        }),
      );
    },
    serve: async (asked) => {
      const { service, account, request, response } = asked;
      const isPush = service === 'git-receive-pack';
      if (isPush) await checkQuota(asked);
      await inPlace(isPush ? 'push' : 'fetch', asked, async (start) => {
        const spooled = isPush ? await receivePush(asked) : await spool.receive(request, { maxBytes: body.fetchBytes });
        try {
          await start(async () => {
            setHead(response, `application/x-${service}-result`);
            if (!isPush) {
              const options = { bounds: git.fetch, env: protocolOf(request), input: spooled.descriptor };
              return runGit(asked, ['upload-pack', '--stateless-rpc'], options);
            }
            onPushing(account);
            await push(asked, spooled);
          });
        } finally {
          await spooled.close();
        }
      });
    },
  };
}

/** Runs a job among those that run at once. @throws Refusal when too many wait. */
type Run = (job: () => Promise<void>) => Promise<void>;

function setHead(response: ServerResponse, type: string): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache, max-age=0, must-revalidate');
}

function protocolOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const asked = request.headers['git-protocol'];
  return typeof asked === 'string' && /^version=[12]$/.test(asked) ? { GIT_PROTOCOL: asked } : {};
}

function packet(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;
}
