import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { AccessKey } from './access-key.ts';

const objectKeys = z.object({
  accessKeys: z.array(
    z.object({ id: z.string().min(1), secret: z.string().min(1), prefixes: z.array(z.string().min(1)).optional() }),
  ),
});

/** Reads who may use the object store; undefined while set-up hasn't said. @throws for a file that isn't whole. */
export async function readObjectKeys(file: string): Promise<readonly AccessKey[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return objectKeys
    .parse(JSON.parse(text))
    .accessKeys.map(({ id, secret, prefixes }) => ({ id, secret, ...(prefixes === undefined ? {} : { prefixes }) }));
}
