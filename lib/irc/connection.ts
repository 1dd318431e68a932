import type { HeardLine } from '../core/channel.ts';
import { SwarmError } from '../core/errors.ts';
import { type Casemapping, parseCasemapping } from '../core/nick.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { type ChannelOptions, checkOptions } from './connection-options.ts';
import { parseHeardLine } from './heard-line.ts';
import { createInbox } from './inbox.ts';
import { createOutbox, OUTBOX_DEFAULTS, type OutboxStats } from './outbox.ts';
import { openSession, type Session } from './session.ts';

/** The counters of a connection since it was created. */
export interface ChannelStats extends OutboxStats {
  readonly said: number;
  readonly heard: number;
  /** Received lines that were dropped before they were drained. */
  readonly missed: number;
  readonly joins: number;
  /** Connections that failed or ended. */
  readonly breaks: number;
  /** Why the last one failed or ended. */
  readonly lastBreak: string | undefined;
}

/** A connection to the channel that reconnects until it is closed. */
export interface ChannelConnection {
  readonly state: () => 'connecting' | 'joined' | 'closed';
  /** The current nick: a variant of the wanted one while that is taken. */
  readonly nick: () => string;
  /** How the server compares nicks, as it announced; rfc1459 before that. */
  readonly casemapping: () => Casemapping;
  /** Queues a line; false if it is empty, was said lately, or the connection is closed. Never throws. */
  readonly say: (line: string) => boolean;
  /** Returns the lines received since the last call. */
  readonly drain: () => readonly HeardLine[];
  /** The nicks in the channel, its own included; empty while it isn't joined. */
  readonly roster: () => readonly string[];
  readonly stats: () => ChannelStats;
  /** Resolves once joined. Rejects with SwarmError `irc/not-joined` after the timeout or when closed. */
  readonly joined: (timeoutMs: number) => Promise<void>;
  /** Says QUIT and ends for good; safe to repeat. */
  readonly close: (quitMessage?: string) => Promise<void>;
}

const BACKOFF: Backoff = { minMs: 1000, maxMs: 60_000 };
const INBOX_LINES = 500;
const QUIT_MS = 1500;

/**
 * Connects to a channel in the background and reconnects after every failure, also of the first attempt.
 * @throws SwarmError `irc/bad-options` for a nick, channel or port that no server accepts.
 */
export function connectChannel(options: ChannelOptions): ChannelConnection {
  const sessionOptions = checkOptions(options);
  const backoff = { ...BACKOFF, ...options.backoff };
  const log = options.log ?? (() => undefined);
  const outbox = createOutbox({ ...OUTBOX_DEFAULTS, ...options.outbox });
  const readLine = options.readLine ?? parseHeardLine;
  const inbox = createInbox(options.inboxLines ?? INBOX_LINES);
  const waiting = new Set<() => void>();
  let state: 'connecting' | 'joined' | 'closed' = 'connecting';
  let session: Session | undefined;
  let reconnect: NodeJS.Timeout | undefined;
  let pump: NodeJS.Timeout | undefined;
  let attempt = 0;
  let joinedAtMs = 0;
  let onGone: () => void = () => undefined;
  const counts = { said: 0, heard: 0, joins: 0, breaks: 0 };
  let lastBreak: string | undefined;

  function open(): void {
    reconnect = undefined;
    session = openSession(sessionOptions, {
      log,
      onJoined: () => {
        if (state === 'closed') return;
        state = 'joined';
        joinedAtMs = Date.now();
        counts.joins += 1;
        log(`joined ${options.channel} on ${options.host}:${options.port} as ${session?.nick() ?? options.nick}`);
        flush();
        wake();
      },
      onLeft: () => {
        if (state === 'joined') state = 'connecting';
      },
      onLine: hear,
      onClosed: (why) => {
        session = undefined;
        if (state === 'closed') return onGone();
        state = 'connecting';
        counts.breaks += 1;
        lastBreak = why;
        // A connection that was joined for a while resets the backoff; one that is lost at once increases it.
        if (joinedAtMs > 0 && Date.now() - joinedAtMs >= backoff.maxMs) attempt = 0;
        joinedAtMs = 0;
        const waitMs = backoffMs(attempt, backoff, Math.random());
        attempt += 1;
        log(`no connection to ${options.host}:${options.port} (${why}); trying again in ${Math.round(waitMs)} ms`);
        reconnect = setTimeout(open, waitMs);
      },
    });
  }

  function hear(nick: string, text: string): void {
    const line = readLine(nick, text, Math.floor(Date.now() / 1000));
    counts.heard += 1;
    inbox.put(line);
    try {
      options.onLine?.(line);
    } catch (error) {
      log(`a listener failed: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }

  function flush(): void {
    clearTimeout(pump);
    pump = undefined;
    while (state === 'joined' && session !== undefined) {
      const next = outbox.take(performance.now());
      if (next === undefined) return;
      if ('waitMs' in next) {
        pump = setTimeout(flush, next.waitMs);
        return;
      }
      session.say(next.line);
      counts.said += 1;
    }
  }

  function wake(): void {
    for (const one of [...waiting]) one();
  }

  let closing: Promise<void> | undefined;
  function close(quitMessage = 'Closing'): Promise<void> {
    closing ??= new Promise<void>((resolve) => {
      state = 'closed';
      clearTimeout(reconnect);
      clearTimeout(pump);
      options.signal?.removeEventListener('abort', onAbort);
      wake();
      if (session === undefined) return resolve();
      const current = session;
      const deadline = setTimeout(() => current.destroy(), QUIT_MS);
      onGone = () => {
        clearTimeout(deadline);
        resolve();
      };
      current.quit(quitMessage);
    });
    return closing;
  }
  const onAbort = () => void close('Stopping');

  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) void close();
  else open();

  return {
    state: () => state,
    nick: () => session?.nick() ?? options.nick,
    casemapping: () => session?.casemapping() ?? parseCasemapping(undefined),
    say: (line) => {
      if (state === 'closed' || !outbox.put(line, performance.now())) return false;
      if (pump === undefined) flush();
      return true;
    },
    drain: inbox.drain,
    roster: () => (state === 'joined' ? (session?.roster() ?? []) : []),
    stats: () => ({ ...counts, ...outbox.stats(), missed: inbox.dropped(), lastBreak }),
    joined: (timeoutMs) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => settle(), timeoutMs);
        const settle = () => {
          clearTimeout(timer);
          waiting.delete(settle);
          if (state === 'joined') resolve();
          else reject(notJoined(options, state, lastBreak));
        };
        if (state === 'connecting') waiting.add(settle);
        else settle();
      }),
    close,
  };
}

function notJoined(options: ChannelOptions, state: string, lastBreak: string | undefined): SwarmError {
  const why = state === 'closed' ? 'the connection was closed' : (lastBreak ?? 'no answer yet');
  return new SwarmError({
    code: 'irc/not-joined',
    disposition: 'wait',
    message: `${options.nick} is not in ${options.channel} on ${options.host}:${options.port}: ${why}`,
    next: 'Check that an IRC server listens there and allows the nick; the connection keeps trying by itself.',
  });
}
