import { z } from 'zod';
import { isoTime } from '../../core/time.ts';
import { writeDurably } from '../../files/durable.ts';
import { readOwnJson } from '../../files/own-json.ts';

const paceFile = z.object({ slowSince: isoTime.optional(), slowUntil: isoTime.optional() });

/** When a run has last been slow; `slowUntil` is absent while it is. */
type SlowTime = z.output<typeof paceFile>;

/** Writes when a run has last been slow; nothing for a run that never was. */
export async function writePace(file: string, slow: SlowTime): Promise<void> {
  await writeDurably(file, `${JSON.stringify(slow)}\n`);
}

/** Reads when a run has last been slow; undefined where nobody wrote it. @throws SwarmError `swarm/bad-pace-file` */
export function readPace(file: string): Promise<SlowTime | undefined> {
  const next = 'Remove the file: the running swarm writes it again when its pace changes.';
  return readOwnJson(file, paceFile, { code: 'swarm/bad-pace-file', next });
}
