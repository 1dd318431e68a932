import { cleanText } from '../core/text.ts';
import type { NewCommit } from './fast-import.ts';
import type { Replayed } from './replay.ts';
import type { SpooledWrite } from './spool.ts';
import { fileAt } from './tree.ts';

const MAX_BATCH_CHARS = 16 * 1024 * 1024;
const MAX_SUBJECT_BYTES = 200;

/** The commit that carries a replayed write. */
export function newCommit({ write, at }: SpooledWrite, { tree, paths }: Replayed): NewCommit {
  const changes = paths.map((path) => {
    const content = fileAt(tree, path)?.content;
    return { path, bytes: content instanceof Buffer ? content : null };
  });
  return {
    author: write.author,
    coAuthors: write.coAuthors ?? [],
    subject: subjectOf(write.message),
    writeId: write.id,
    at,
    changes,
  };
}

/** Makes any message a valid subject, so that a bad one never loses the write. A subject has no newline, which could forge a trailer. */
function subjectOf(message: string): string {
  return cleanText(message, MAX_SUBJECT_BYTES) || 'Write without words';
}

/** Takes the first writes for one push: at most `limit`, and about 16 MiB unless the first alone is larger. */
export function takeBatch(pending: readonly SpooledWrite[], limit: number): readonly SpooledWrite[] {
  const batch: SpooledWrite[] = [];
  let room = MAX_BATCH_CHARS;
  for (const spooled of pending.slice(0, limit)) {
    for (const operation of spooled.write.operations) {
      room -=
        operation.op === 'edit'
          ? (operation.content?.length ?? 0)
          : operation.op === 'delete'
            ? 0
            : operation.text.length;
    }
    if (room < 0 && batch.length > 0) break;
    batch.push(spooled);
  }
  return batch;
}
