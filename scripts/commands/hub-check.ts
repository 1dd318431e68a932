import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { z } from 'zod';
import { formatError } from '../../lib/core/errors.ts';
import { parseJson } from '../../lib/core/json.ts';
import { readHubConfig } from '../../lib/hub/hub-config.ts';
import { printLine } from '../terminal/print.ts';

const TIMEOUT_MS = 8000;
const MAX_BYTES = 10_000;

/** The health check of the hub's container: exit code 0 when `/healthz` reports health, 1 when it does not or can't be reached. */
export async function hubCheck(): Promise<number> {
  try {
    const { gitPort, state } = readHubConfig(process.env);
    const ca = await readFile(path.join(state, 'hub', 'tls', 'ca.pem'));
    const { status, text } = await get(gitPort, ca);
    printLine(text);
    for (const { account, why } of noticedIn(text)) printLine(`${account}: ${why.join('; ')}`);
    return status === 200 ? 0 : 1;
  } catch (error) {
    printLine(`The hub does not answer: ${formatError(error)}`);
    return 1;
  }
}

const answer = z.object({ accounts: z.array(z.object({ account: z.string(), why: z.array(z.string()) })) });

/** The accounts that the hub says an operator should look at; none in an answer of another form. */
function noticedIn(text: string): z.infer<typeof answer>['accounts'] {
  const parsed = answer.safeParse(parseJson(text));
  return parsed.success ? parsed.data.accounts : [];
}

function get(port: number, ca: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const asked = request({ host: 'localhost', port, path: '/healthz', ca, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text = (text + part).slice(0, MAX_BYTES);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
    });
    asked.on('error', reject);
    asked.end();
  });
}
