import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
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

/** Makes the options of a vault whose remote is the hub. */
export function hubRemote({ remoteUrl, account, password, caFile }: HubAccount): HubRemote {
  const { origin } = new URL(remoteUrl);
  const authorization = `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
  let agent: Agent | undefined;
  let askFromMs = Number.NEGATIVE_INFINITY;

  /** Sends a request without a body and returns the status; rejects when the signal aborts. */
  async function send(method: 'POST' | 'DELETE', signal: AbortSignal): Promise<number> {
    agent ??= new Agent({ keepAlive: true, maxSockets: 1, ca: await readFile(caFile) });
    const options = { method, agent, signal, headers: { authorization, 'content-length': 0 } };
    return new Promise((resolve, reject) => {
      const asked = request(`${origin}/turn`, options, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      });
      asked.once('error', reject);
      asked.end();
    });
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
      if (performance.now() < askFromMs) return undefined;
      try {
        let status = LATER;
        for (let asked = 0; asked < ASKS && status === LATER; asked += 1) {
          status = await send('POST', AbortSignal.any([signal, AbortSignal.timeout(TURN_MS)]));
        }
        if (status === 404) askFromMs = performance.now() + ASK_AGAIN_MS;
        if (status !== 200) return undefined;
        return async () => {
          // The turn also has a timeout: if this request fails, the hub loses a few seconds.
          await send('DELETE', AbortSignal.timeout(END_MS)).catch(() => undefined);
        };
      } catch {
        // The certificate may have been replaced: it is read again. The next fetch reports why the hub can't be reached.
        agent?.destroy();
        agent = undefined;
        return undefined;
      }
    },
  };
}
