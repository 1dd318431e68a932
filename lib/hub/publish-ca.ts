import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../files/durable.ts';
import type { HubAws } from './hub-aws.ts';
import type { HubConfig } from './hub-config.ts';

/**
 * Publishes the hub's CA certificate where its clients read it. Safe to repeat.
 * @throws SwarmError `aws/…`, or the file system's error.
 */
export async function publishCa(pem: string, { caFile, caParameter }: HubConfig, aws: HubAws): Promise<void> {
  if (caFile !== undefined) {
    await mkdir(path.dirname(caFile), { recursive: true });
    await writeDurably(caFile, pem, { mode: 0o644 });
  }
  if (caParameter !== undefined) await aws.putParameter(caParameter, pem);
}
