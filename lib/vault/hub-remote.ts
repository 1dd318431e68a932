import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { TakeTurn } from './scheduler.ts';

/** The hub and this host's account there. */
export interface HubAccount {
  /** The vault's address, as in `https://hub:8443/vault.git`. */
  readonly remoteUrl: string;
  readonly account: string;
  readonly password: string;
  /** The file of the certificate (PEM) that the hub's own is signed by. */
  readonly caFile: string;
}

/** What a vault needs to work with the hub, to be spread into its options. */
export interface HubRemote {
  readonly remoteUrl: string;
  readonly gitConfig: Readonly<Record<string, string>>;
  readonly takeTurn: TakeTurn;
}

/** The hub answers within its own wait; silence for longer means that it is gone. */
const TURN_MS = 35_000;
const END_MS = 5_000;
/** What the hub answers when the turn didn't come in time. */
const LATER = 204;
/** So often a turn that didn't come in time is asked for again: pushing without one only disturbs who has it. */
const ASKS = 8;
/** After a hub that has no turns it is asked again only so much later. */
const ASK_AGAIN_MS = 600_000;

/** Makes the options of a vault whose remote is the hub. */
export function hubRemote({ remoteUrl, account, password, caFile }: HubAccount): HubRemote {
  const { origin } = new URL(remoteUrl);
  const authorization = `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
  let agent: Agent | undefined;
  let askFromMs = Number.NEGATIVE_INFINITY;

  /** Sends a request without a body and gives the status; rejects when there is none in time. */
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
      // A connection that has died is given up after a minute of silence.
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
          // The turn ends by itself too: a hub that doesn't hear this loses a few seconds.
          await send('DELETE', AbortSignal.timeout(END_MS)).catch(() => undefined);
        };
      } catch {
        // The certificate may have been replaced; what keeps the hub away is told by the fetch that follows.
        agent?.destroy();
        agent = undefined;
        return undefined;
      }
    },
  };
}
