import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { createObjectStore } from '../../lib/delivery/object-store.ts';
import { addressOf, unitOf } from './units.ts';
import { volumeFile } from './volumes.ts';
import type { ContainerWorld } from './world.ts';

const credentials = z.object({
  objectKeys: z.object({ steward: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }) }),
});

/** The keys of all objects in the store, listed with the steward's key, which opens all prefixes. */
export async function objectKeys(world: ContainerWorld): Promise<readonly string[]> {
  const { steward } = credentials.parse(
    JSON.parse(await volumeFile(world, 'state-setup', 'credentials.json')),
  ).objectKeys;
  const store = createObjectStore({
    endpoint: `http://${addressOf(await unitOf(world, 'objects'))}:9000`,
    region: 'us-east-1',
    bucket: 'karmakadabra',
    credentials: steward,
  });
  try {
    const { Contents = [] } = await store.client.send(new ListObjectsV2Command({ Bucket: store.bucket }));
    return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  } finally {
    store.close();
  }
}
