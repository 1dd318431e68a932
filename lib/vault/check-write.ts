import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { agentName, PEOPLE } from '../core/ids.ts';
import type { VaultWrite } from '../core/vault.ts';
import { checkPath, writerOf } from './paths.ts';

const MAX_TEXT_BYTES = 1024 * 1024;
/** The agents of a host that rest at a time share a commit; a hub takes a message of 16 KiB, which is about 130 of them. */
const MAX_CO_AUTHORS = 99;
const text = z.string().refine((value) => Buffer.byteLength(value) <= MAX_TEXT_BYTES, 'is over 1 MiB');

const writeSchema = z.object({
  id: z.uuid(),
  author: z.union([agentName, z.literal(PEOPLE)]),
  coAuthors: z.array(agentName).max(MAX_CO_AUTHORS).optional(),
  message: z.string(),
  operations: z
    .array(
      z.discriminatedUnion('op', [
        z.object({ op: z.literal('put'), path: z.string(), text }),
        z.object({ op: z.literal('append'), path: z.string(), text }),
        z.object({ op: z.literal('delete'), path: z.string() }),
      ]),
    )
    .min(1)
    .max(1000),
});

/**
 * Checks a write before it is spooled.
 * @throws SwarmError `vault/bad-write`, `vault/bad-path` or `vault/not-yours`.
 */
export function checkWrite(write: VaultWrite): void {
  const parsed = writeSchema.safeParse(write);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SwarmError({
      code: 'vault/bad-write',
      disposition: 'stop',
      message: `A write by ${JSON.stringify(String(write.author).slice(0, 60))} is malformed: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      next: 'A write has a UUID, an author, a message and 1 to 1000 operations of at most 1 MiB.',
    });
  }
  for (const { path } of parsed.data.operations) checkPath(writerOf(write, path), path);
}
