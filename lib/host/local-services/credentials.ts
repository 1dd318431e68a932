import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../files/durable.ts';
import { readOwnJson } from '../../files/own-json.ts';
import { PRIVATE } from '../../files/private-file.ts';

const credentials = z.object({
  hubPasswords: z.record(z.string(), z.string().min(16)),
  objectKeys: z.record(z.string(), z.object({ accessKeyId: z.string(), secretAccessKey: z.string() })),
});

/** A key to the embedded object store. */
export type ObjectKey = z.infer<typeof credentials>['objectKeys'][string];

/** The passwords and keys that set-up has issued; each is created when first asked for. */
export interface Credentials {
  readonly hubPassword: (account: string) => string;
  readonly objectKey: (unit: string) => ObjectKey;
  readonly save: () => Promise<void>;
}

/** Opens the file of issued credentials, in a folder that only set-up may read. Existing entries never change. @throws SwarmError `local/bad-credentials` */
export async function openCredentials(dir: string): Promise<Credentials> {
  const file = join(dir, 'credentials.json');
  const known = await readOwnJson(file, credentials, {
    code: 'local/bad-credentials',
    next: 'Restore it from a copy, or remove it: set-up then issues new ones to everybody, and people must enter theirs again.',
  });
  const { hubPasswords, objectKeys } = known ?? { hubPasswords: {}, objectKeys: {} };
  return {
    hubPassword: (account) => {
      hubPasswords[account] ??= randomBytes(32).toString('base64url');
      return hubPasswords[account];
    },
    objectKey: (unit) => {
      objectKeys[unit] ??= {
        accessKeyId: `KK${randomBytes(9).toString('hex').toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString('base64url'),
      };
      return objectKeys[unit];
    },
    save: () => {
      const text = `${JSON.stringify({ hubPasswords, objectKeys }, null, 2)}\n`;
      return writeDurably(file, text, { mode: PRIVATE, onlyIfChanged: true });
    },
  };
}
