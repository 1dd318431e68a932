import { formatError } from '../core/errors.ts';
import type { AgentName } from '../core/ids.ts';
import type { NoteKind } from '../core/note.ts';
import type { VaultIndex } from '../core/vault.ts';
import { validationJobKind } from '../flows/validation/job-note.ts';
import { buyerTradeKind } from '../market/notes/buyer-trade-note.ts';
import { offerKind } from '../market/notes/offer-note.ts';
import { sellerTradeKind } from '../market/notes/seller-trade-note.ts';
import type { Vault } from '../vault/vault.ts';
import type { AgentHost } from './agent-host.ts';

/** Wakes the agents that a changed note concerns, and reports new offers. Returns the function that stops it. */
export function watchVault(
  vault: Pick<Vault, 'watch' | 'read'>,
  agents: readonly Pick<AgentHost, 'manifest' | 'nudge'>[],
  onOffer: (product: string) => void,
  log: (line: string) => void,
): () => void {
  const byName = new Map(agents.map((agent) => [agent.manifest.metadata.name, agent]));
  const known = new Set<string>();
  return vault.watch(({ paths }) => {
    vault.read().then(
      (index) => {
        for (const path of paths) {
          byName.get(concernedBy(index, path) ?? '')?.nudge();
          const offer = noteAt(index, offerKind, path);
          if (offer === undefined || known.has(offer.id)) continue;
          known.add(offer.id);
          onOffer(offer.product);
        }
      },
      (error: unknown) => log(`cannot read what changed in the vault: ${formatError(error)}`),
    );
  });
}

/** For each kind of note that concerns an agent besides its owner: which agent. */
const CONCERNS: readonly ((index: VaultIndex, path: string) => AgentName | undefined)[] = [
  concern(buyerTradeKind, ({ seller }) => seller),
  concern(sellerTradeKind, ({ buyer }) => buyer),
  concern(validationJobKind, ({ validator }) => validator),
  concern(offerKind, (offer) => offer.for),
];

/** The agent that the note at a path concerns besides its owner; undefined for none. */
export function concernedBy(index: VaultIndex, path: string): AgentName | undefined {
  for (const whom of CONCERNS) {
    const name = whom(index, path);
    if (name !== undefined) return name;
  }
  return undefined;
}

function concern<Data>(kind: NoteKind<Data>, whom: (data: Data) => AgentName | undefined) {
  return (index: VaultIndex, path: string): AgentName | undefined => {
    const note = noteAt(index, kind, path);
    return note === undefined ? undefined : whom(note);
  };
}

/** The note of a kind at a path; reads the folder only if the path may be of this kind. */
function noteAt<Data>(index: VaultIndex, kind: NoteKind<Data>, path: string): Data | undefined {
  return kind.path.test(path) ? index.note(kind, path)?.data : undefined;
}
