import { z } from 'zod';
import { isoTime } from '../../core/time.ts';
import { writeDurably } from '../../files/durable.ts';
import { readOwnJson } from '../../files/own-json.ts';

const paceFile = z.object({ slowSince: isoTime.optional() });

/** Writes since when a run has been slow; undefined for a run at its normal pace. */
export async function writePace(file: string, slowSince: string | undefined): Promise<void> {
  await writeDurably(file, `${JSON.stringify(slowSince === undefined ? {} : { slowSince })}\n`);
}

/** Reads since when a run has been slow; undefined for a run at its normal pace. @throws SwarmError `swarm/bad-pace-file` */
export async function readSlowSince(file: string): Promise<string | undefined> {
  const next = 'Remove the file: the running swarm writes it again when its pace changes.';
  return (await readOwnJson(file, paceFile, { code: 'swarm/bad-pace-file', next }))?.slowSince;
}
