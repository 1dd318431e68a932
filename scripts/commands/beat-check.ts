import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assessBeat, BEAT_FILE } from '../../lib/host/container/beat-file.ts';

/**
 * The health check of an agent's or the steward's container: exit code 0 healthy, 1 not; prints why in one line. It loads as little
 * as possible, because every container runs it twice a minute.
 */
export function beatCheck(options: { readonly state?: string }): number {
  const dir = options.state ?? (process.env.KK_STATE || '/state');
  const { isHealthy, line } = assessBeat(readBeat(join(dir, BEAT_FILE)), Date.now() / 1000);
  process.stdout.write(`${line}\n`);
  return isHealthy ? 0 : 1;
}

function readBeat(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
