import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assessBeat, BEAT_FILE } from '../../lib/host/container/beat-file.ts';

/** The health check of an agent's or the steward's container. Exit code 0 healthy, 1 not; one line says why. */
export async function beatCheck(options: { readonly state?: string }): Promise<number> {
  const dir = options.state ?? (process.env.KK_STATE || '/state');
  const text = await readFile(join(dir, BEAT_FILE), 'utf8').catch(() => undefined);
  const { isHealthy, line } = assessBeat(text, Date.now() / 1000);
  process.stdout.write(`${line}\n`);
  return isHealthy ? 0 : 1;
}
