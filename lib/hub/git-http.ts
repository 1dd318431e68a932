import type { ChildProcess } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { formatError } from '../core/errors.ts';
import type { Account } from '../core/hub-accounts.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';
import { closed, createGitChildren, drain, feed } from './git-children.ts';
import { sendError } from './http-error.ts';
import { inspectPush } from './inspect-push.ts';
import { createOwnerTotals } from './owner-totals.ts';
import { answerHook, HOOK_VARIABLE, readQuestion } from './push-hook.ts';
import { requestBody } from './request-body.ts';

/** The services of git's smart HTTP protocol (gitprotocol-http). */
export type GitService = 'git-upload-pack' | 'git-receive-pack';

/** Git over HTTP for one bare repository. */
export interface GitHttp {
  readonly advertise: (service: GitService, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly serve: (
    service: GitService,
    account: Account,
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<void>;
  /** The number of running git processes. */
  readonly running: () => number;
  /** Ends the running git processes. */
  readonly stop: () => void;
}

/** What {@link createGitHttp} needs. */
export interface GitHttpParts {
  readonly repository: string;
  /** Called when the hub starts to receive a push of an account. */
  readonly onPushing: (account: Account) => void;
  /** Called when a push of an account has ended, accepted or not. */
  readonly onPushed: (account: Account, isAccepted: boolean) => void;
  readonly log: (line: string) => void;
}

const FETCH_BYTES = 4 * 2 ** 20;
const PUSH_BYTES = 64 * 2 ** 20;

/** Creates {@link GitHttp}. Requests are bounded in number, size and time. */
export function createGitHttp({ repository, onPushing, onPushed, log }: GitHttpParts): GitHttp {
  const fetches = createConcurrencyLimit({ running: 8, waiting: 200, maxWaitMs: 30_000 });
  const pushes = createConcurrencyLimit({ running: 4, waiting: 100, maxWaitMs: 30_000 });
  const children = createGitChildren(repository, log);
  const { start } = children;
  const target = { repository, totals: createOwnerTotals(repository) };

  /** Answers the pre-receive hook of a push; 'unasked' when git ended before, 'unknown' when the rules could not be applied. */
  async function answerPush(
    child: ChildProcess,
    account: Account,
  ): Promise<'accepted' | 'rejected' | 'unasked' | 'unknown'> {
    const channel = child.stdio[3] as Duplex;
    channel.on('error', () => undefined);
    const question = await readQuestion(channel);
    if (question === undefined) return 'unasked';
    try {
      const quarantine = {
        GIT_QUARANTINE_PATH: question.quarantine,
        GIT_OBJECT_DIRECTORY: question.quarantine,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: `${repository}/objects`,
      };
      const nowSeconds = Math.floor(Date.now() / 1000);
      const verdict = await inspectPush(target, account, question.updates, quarantine, nowSeconds);
      if (verdict.result === 'rejected') log(`rejected a push of ${account.account}: ${verdict.lines.join('; ')}`);
      answerHook(channel, verdict);
      return verdict.result;
    } catch (error) {
      log(`a push of ${account.account} could not be inspected: ${formatError(error)}`);
      channel.destroy();
      return 'unknown';
    }
  }

  async function push(account: Account, body: Readable, response: ServerResponse): Promise<void> {
    const child = start(['receive-pack', '--stateless-rpc'], { [HOOK_VARIABLE]: '1' }, true);
    const answered = answerPush(child, account);
    let isAccepted = false;
    try {
      const ended = closed(child);
      // Without a verdict the connection is closed, and the pusher tries again.
      void answered.then((outcome) => {
        if (outcome === 'unknown') response.destroy();
      });
      await Promise.all([feed(body, child), drain(child, response)]);
      const code = await ended;
      isAccepted = (await answered) === 'accepted' && code === 0;
    } finally {
      onPushed(account, isAccepted);
    }
  }

  return {
    running: children.running,
    stop: children.stop,
    advertise: async (service, request, response) => {
      const hasRun = await fetches(async () => {
        const isPush = service === 'git-receive-pack';
        const env = isPush ? {} : protocolOf(request);
        const child = start([service.slice(4), '--stateless-rpc', '--http-backend-info-refs'], env);
        child.stdin?.end();
        setHead(response, `application/x-${service}-advertisement`);
        if (env.GIT_PROTOCOL !== 'version=2') response.write(`${packet(`# service=${service}\n`)}0000`);
        await drain(child, response);
        await closed(child);
      });
      if (!hasRun) sendError(response, 503, 'The hub is busy; try again.');
    },
    serve: async (service, account, request, response) => {
      const isPush = service === 'git-receive-pack';
      if (isPush) onPushing(account);
      // A small body is read completely before git starts, so that a slow sender doesn't occupy a git process.
      const body = await requestBody(request, isPush ? PUSH_BYTES : FETCH_BYTES);
      const limit = isPush ? pushes : fetches;
      const hasRun = await limit(async () => {
        setHead(response, `application/x-${service}-result`);
        if (isPush) return push(account, body, response);
        const child = start(['upload-pack', '--stateless-rpc'], protocolOf(request));
        response.once('close', () => void child.kill('SIGTERM'));
        await Promise.all([feed(body, child), drain(child, response)]);
        await closed(child);
      });
      if (!hasRun) sendError(response, 503, 'The hub is busy; try again.');
    },
  };
}

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
