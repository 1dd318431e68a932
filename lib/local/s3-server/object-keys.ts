import { z } from 'zod';
import { readOwnJson } from '../../files/own-json.ts';
import type { AccessKey } from './access-key.ts';

const objectKeys = z.object({
  accessKeys: z.array(
    z.object({ id: z.string().min(1), secret: z.string().min(1), prefixes: z.array(z.string().min(1)).optional() }),
  ),
});

/** Reads the access keys of the object store; undefined until set-up has written them. @throws SwarmError `local/bad-object-keys` */
export async function readObjectKeys(file: string): Promise<readonly AccessKey[] | undefined> {
  const found = await readOwnJson(file, objectKeys, {
    code: 'local/bad-object-keys',
    next: 'Run the set-up again: it writes the file again.',
  });
  return found?.accessKeys.map(({ id, secret, prefixes }) => ({
    id,
    secret,
    ...(prefixes === undefined ? {} : { prefixes }),
  }));
}
