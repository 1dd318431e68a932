import { randomUUID } from 'node:crypto';
import { formatError } from '../../core/errors.ts';
import { PEOPLE } from '../../core/ids.ts';
import { CONFIG_PATH, type Requirements, requirementsFacts } from '../../core/protocol.ts';
import { type SignedFacts, signedText } from '../../core/signed-note.ts';
import { systemClock } from '../../core/time.ts';
import { withFrontFields } from '../../vault/front-fields.ts';
import { createGit } from '../../vault/git.ts';
import { signedNoteOf } from '../../vault/signed-notes.ts';
import { blobDigest } from '../../vault/tree.ts';
import type { TypedEdit, Vault } from '../../vault/vault.ts';
import type { HostOrders } from '../host-orders.ts';
import type { OperatorKey } from '../operator-key.ts';

/** What {@link createEditSigner} needs. */
export interface EditSignerParts {
  readonly vault: Pick<Vault, 'write'>;
  readonly clone: string;
  readonly key: OperatorKey;
  readonly swarm: string;
  readonly orders: Pick<HostOrders, 'current' | 'isSigned'>;
  readonly log: (line: string) => void;
}

/**
 * Signs what the person at this machine types in `shared/config.md` in the opened folder, with the state folder's key. Only
 * edits of the files there come here; what another pushes to the remote doesn't. And only the fields that the person changed are
 * signed: a value that another put there before stays unsigned, and is replaced by what is obeyed.
 */
export function createEditSigner(parts: EditSignerParts): (edits: readonly TypedEdit[]) => void {
  const { vault, key, swarm, orders, log } = parts;
  const git = createGit(parts.clone);
  let queue = Promise.resolve();
  let last: { readonly text: string; readonly fields: SignedFacts['fields'] | undefined } | undefined;

  /** Whether a text came with an operator's signature that is newer than what is obeyed, as `swarm-ops config set` writes it. */
  async function isSignedAnew(text: string): Promise<boolean> {
    const note = signedNoteOf(CONFIG_PATH, text);
    const isNewer = (note?.facts?.signedAt ?? 0) > (orders.current().requiredBy?.at ?? 0);
    return note !== undefined && isNewer && (await orders.isSigned(note));
  }

  /** What stood in the version before an edit: another edit, which may be half-written or not committed yet, or a commit. */
  async function fieldsBefore(digest: string | undefined): Promise<SignedFacts['fields'] | undefined> {
    if (digest === undefined) return undefined;
    if (last !== undefined && blobDigest(Buffer.from(last.text), digest) === digest) return last.fields;
    const text = await git.run(['cat-file', 'blob', digest]).catch(() => undefined);
    return text === undefined ? undefined : fieldsIn(text);
  }

  async function signOne({ base, text }: TypedEdit): Promise<void> {
    if (text === undefined) return;
    const [before, typed] = [await fieldsBefore(base), fieldsIn(text)];
    // An editor that writes in place can be seen halfway: then the fields before it count on.
    last = { text, fields: typed ?? before };
    if (typed === undefined || (await isSignedAnew(text))) return;
    const { requirements, requiredBy } = orders.current();
    const wanted = changed(before, typed, requirements);
    if (wanted === 'unknown') {
      log(`can't tell what was changed in ${CONFIG_PATH}, so nothing is signed; use swarm-ops config set`);
      return;
    }
    if (wanted === undefined) return;
    const signedAt = Math.max(systemClock(), (requiredBy?.at ?? 0) + 1);
    const signature = key.sign(signedText(swarm, requirementsFacts(wanted, signedAt)));
    const { protocol, minVersion } = wanted;
    const signed = withFrontFields(text, { protocol, minVersion, signedAt, signatures: [signature] });
    if (signed === undefined || signedNoteOf(CONFIG_PATH, signed)?.facts === undefined) {
      log(`${CONFIG_PATH} was edited and can't be signed; use swarm-ops config set`);
      return;
    }
    const operations = [{ op: 'put' as const, path: CONFIG_PATH, text: signed }];
    await vault.write({ id: randomUUID(), author: PEOPLE, message: `Sign ${CONFIG_PATH}`, operations });
    log(`signed ${CONFIG_PATH} with this machine's operator key, as it was typed in the opened folder`);
  }

  return (edits) => {
    for (const edit of edits.filter(({ path }) => path === CONFIG_PATH)) {
      queue = queue
        .then(() => signOne(edit))
        .catch((error: unknown) => log(`cannot sign ${CONFIG_PATH}: ${formatError(error)}`));
    }
  };
}

/**
 * What is obeyed with the fields that a person changed; undefined when it changed none. Without the version before, somebody else's
 * value could be taken for the person's.
 */
function changed(
  before: SignedFacts['fields'] | undefined,
  typed: SignedFacts['fields'],
  obeyed: Requirements,
): Requirements | 'unknown' | undefined {
  const isNews = typed.protocol !== obeyed.protocol || typed.minVersion !== obeyed.minVersion;
  if (before === undefined) return isNews ? 'unknown' : undefined;
  const isChanged = (name: string): boolean => typed[name] !== before[name];
  if (!isChanged('protocol') && !isChanged('minVersion')) return undefined;
  const protocol = isChanged('protocol') ? Number(typed.protocol) : obeyed.protocol;
  const minVersion = isChanged('minVersion') ? typed.minVersion : obeyed.minVersion;
  const wanted = { protocol, ...(minVersion === undefined ? {} : { minVersion: String(minVersion) }) };
  const isObeyed = wanted.protocol === obeyed.protocol && wanted.minVersion === obeyed.minVersion;
  return isObeyed ? undefined : wanted;
}

function fieldsIn(text: string): SignedFacts['fields'] | undefined {
  return signedNoteOf(CONFIG_PATH, text)?.facts?.fields;
}
