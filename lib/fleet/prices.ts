import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { projectPath } from '../files/project.ts';

const usd = z.number().nonnegative();

/** The schema of a dated price table: USD, on demand, one region, as in `infra/prices.json`. */
export const pricesSchema = z.strictObject({
  seen: z.iso.date(),
  region: z.string(),
  currency: z.literal('USD'),
  hoursPerMonth: z.number().positive(),
  instanceHour: z.record(z.string(), usd),
  instanceMemoryMib: z.record(z.string(), z.number().int().positive()),
  gp3GbMonth: usd,
  snapshotGbMonth: usd,
  publicIpv4Hour: usd,
  natGatewayHour: usd,
  natGatewayGb: usd,
  interfaceEndpointHour: usd,
  egressGb: usd,
  egressFreeGb: usd,
  s3GbMonth: usd,
  ecrGbMonth: usd,
  secretMonth: usd,
  kmsKeyMonth: usd,
  logsIngestGb: usd,
  logsStoredGbMonth: usd,
  alarmMonth: usd,
});

export type Prices = z.output<typeof pricesSchema>;

/** Reads a price table, the project's own if no path is given. @throws SwarmError `fleet/bad-prices` when it can't be used. */
export function readPrices(path: string = projectPath('infra/prices.json')): Prices {
  try {
    return pricesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new SwarmError({
      code: 'fleet/bad-prices',
      disposition: 'stop',
      message: `${path} is not a price table: ${describeError(cause)}`,
      next: 'Give it the fields of infra/prices.json, each a number of USD.',
      cause,
    });
  }
}

function describeError(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
      .join('; ');
  }
  const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return isAbsent ? 'there is no such file' : 'it is not JSON that can be read';
}
