import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../files/durable.ts';
import type { HubAws } from './hub-aws.ts';
import type { HubConfig } from './hub-config.ts';

/**
 * Puts the hub's public certificate where its clients look for it; repeating it is safe.
 * @throws SwarmError `aws/…`, or what the file system says.
 */
export async function publishCa(pem: string, { caFile, caParameter }: HubConfig, aws: HubAws): Promise<void> {
  if (caFile !== undefined) {
    await mkdir(path.dirname(caFile), { recursive: true });
    await writeDurably(caFile, pem, { mode: 0o644 });
  }
  if (caParameter !== undefined) await aws.putParameter(caParameter, pem);
}
