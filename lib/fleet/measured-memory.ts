import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { projectPath } from '../files/project.ts';

const mib = z.number().positive();

/** The measured memory of containers, in MiB, and the date of the measurement: `docker/memory.json`. */
const memorySchema = z.looseObject({
  measuredAt: z.string().min(10).max(40),
  /** Statistics of the peaks of the agents' containers. */
  agentMib: z.looseObject({ count: z.number().int().positive(), sum: mib, median: mib, max: mib }),
  hubMib: z.union([mib, z.looseObject({ max: mib }).transform(({ max }) => max)]),
});

export type MeasuredMemory = z.output<typeof memorySchema>;

/**
 * Reads the measured memory of the containers; undefined where nothing has been measured yet.
 * @throws SwarmError `fleet/bad-memory` for a file that is there and can't be used.
 */
export function readMeasuredMemory(path: string = projectPath('docker/memory.json')): MeasuredMemory | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = memorySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new SwarmError({
    code: 'fleet/bad-memory',
    disposition: 'stop',
    message: `${path} is not a measurement of the containers' memory`,
    next: 'It needs measuredAt, agentMib {count, sum, median, max} and hubMib. Measure again, or remove it.',
    cause: parsed.error,
  });
}
