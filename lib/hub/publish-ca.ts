import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { awsFailure } from '../aws/aws-failure.ts';
import type { HubConfig } from './hub-config.ts';

/**
 * Puts the hub's public certificate where its clients look for it; repeating it is safe.
 * @throws SwarmError `aws/…`, or what the file system says.
 */
export async function publishCa(pem: string, { caFile, caParameter, region }: HubConfig): Promise<void> {
  if (caFile !== undefined) {
    await mkdir(path.dirname(caFile), { recursive: true });
    const draft = `${caFile}.${process.pid}.tmp`;
    await writeFile(draft, pem, { mode: 0o644 });
    await rename(draft, caFile);
  }
  if (caParameter === undefined) return;
  // The SDK takes its time to load, and only a fleet on AWS needs it.
  const { PutParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(region === undefined ? {} : { region });
  try {
    await client.send(new PutParameterCommand({ Name: caParameter, Value: pem, Type: 'String', Overwrite: true }));
  } catch (error) {
    throw awsFailure(`publish the hub's certificate as ${caParameter}`, error);
  } finally {
    client.destroy();
  }
}
