import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { cleanText } from '../core/text.ts';
import type { TakeTurn } from './scheduler.ts';

/** The hub and this host's account there. */
export interface HubAccount {
  /** The vault's address, as in `https://hub:8443/vault.git`. */
  readonly remoteUrl: string;
  readonly account: string;
  readonly password: string;
  /** The PEM file of the CA that signed the hub's certificate. */
  readonly caFile: string;
}

/** The options of {@link VaultOptions} for a remote that is the hub. */
export interface HubRemote {
  readonly remoteUrl: string;
  readonly gitConfig: Readonly<Record<string, string>>;
  readonly takeTurn: TakeTurn;
}

/** Longer than the hub itself keeps a request for a turn waiting; no answer for this long means that it is down. */
const TURN_MS = 35_000;
const END_MS = 5_000;
/** The hub's status when the turn didn't come before its timeout. */
const LATER = 204;
/** Attempts to get a turn before pushing without one, which may race with the host that has it. */
const ASKS = 8;
/** After the answer of a hub without turns, the next request waits this long. */
const ASK_AGAIN_MS = 600_000;
/** More of a reason is not read. */
const MAX_REASON_BYTES = 400;

/** Makes the options of a vault whose remote is the hub. */
export function hubRemote({ remoteUrl, account, password, caFile }: HubAccount): HubRemote {
  const { origin } = new URL(remoteUrl);
  const authorization = `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
  let agent: Agent | undefined;
  let askFromMs = Number.NEGATIVE_INFINITY;
  let laters = 0;

  /** Sends a request without a body; rejects when the signal aborts. */
  async function send(method: 'POST' | 'DELETE', signal: AbortSignal): Promise<Answer> {
    agent ??= new Agent({ keepAlive: true, maxSockets: 1, ca: await readFile(caFile) });
    const options = { method, agent, signal, headers: { authorization, 'content-length': 0 } };
    return new Promise((resolve, reject) => {
      const asked = request(`${origin}/turn`, options, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          if (text.length < MAX_REASON_BYTES) text += part.toString();
        });
        response.once('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            text: cleanText(text, MAX_REASON_BYTES),
            waitMs: waitMsOf(response.headers['retry-after']),
          });
        });
        response.once('error', reject);
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  /** The turn also has a timeout: if this request fails, the hub loses a few seconds. */
  async function end(): Promise<void> {
    try {
      await send('DELETE', AbortSignal.timeout(END_MS));
    } catch {
      forget();
    }
  }

  /** The certificate may have been replaced, and a connection may hang: both are made anew. */
  function forget(): void {
    agent?.destroy();
    agent = undefined;
  }

  return {
    remoteUrl,
    gitConfig: {
      'http.sslCAInfo': caFile,
      [`http.${origin}/.extraHeader`]: `Authorization: ${authorization}`,
      // A dead connection is closed after a minute without data.
      'http.lowSpeedLimit': '1',
      'http.lowSpeedTime': '60',
    },
    takeTurn: async (signal) => {
      if (performance.now() < askFromMs) return { result: 'none' };
      try {
        const { status, text, waitMs } = await send('POST', AbortSignal.any([signal, AbortSignal.timeout(TURN_MS)]));
        if (status === 200) {
          laters = 0;
          return { result: 'turn', end };
        }
        if (status === LATER) {
          laters = (laters + 1) % ASKS;
          return { result: laters === 0 ? 'none' : 'later' };
        }
        if (status === 404 || status === 405) {
          askFromMs = performance.now() + ASK_AGAIN_MS;
          return { result: 'none' };
        }
        return { result: 'refused', reason: text === '' ? `the hub answered ${status}` : text, waitMs };
      } catch {
        // The next fetch reports why the hub can't be reached.
        forget();
        return { result: 'none' };
      }
    },
  };
}

/** What the hub answered to a request for a turn. */
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly waitMs: number | undefined;
}

/** The time of a `Retry-After` header in seconds; its form with a date is not used by the hub. */
function waitMsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
