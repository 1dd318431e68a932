import { LRUCache } from 'lru-cache';
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

/** How many offers are remembered as reported; an older one that changes is reported again. */
const MAX_KNOWN = 100_000;

/** Wakes the agents that a changed note concerns, and reports new offers. Returns the function that stops it. */
export function watchVault(
  vault: Pick<Vault, 'watch' | 'read'>,
  agents: readonly Pick<AgentHost, 'manifest' | 'nudge'>[],
  onOffer: (product: string) => void,
  log: (line: string) => void,
): () => void {
  const byName = new Map(agents.map((agent) => [agent.manifest.metadata.name, agent]));
  const known = new LRUCache<string, true>({ max: MAX_KNOWN });
  return vault.watch(({ paths }) => {
    vault.read().then(
      (index) => {
        for (const path of paths) {
          byName.get(concernedBy(index, path) ?? '')?.nudge(neededBy(index, path));
          const offer = noteAt(index, offerKind, path);
          if (offer === undefined || known.has(offer.id)) continue;
          known.set(offer.id, true);
          onOffer(offer.product);
        }
      },
      (error: unknown) => log(`cannot read what changed in the vault: ${formatError(error)}`),
    );
  });
}

/** For each kind of note that concerns an agent besides its owner: which agent. */
const CONCERNS: readonly ((index: VaultIndex, path: string) => AgentName | undefined)[] = [
  of(buyerTradeKind, ({ seller }) => seller),
  of(sellerTradeKind, ({ buyer }) => buyer),
  of(validationJobKind, ({ validator }) => validator),
  of(offerKind, (offer) => offer.for),
];

/** For each kind of note about which an agent has to do something in time: by when, in seconds since 1970. */
const DEADLINES: readonly ((index: VaultIndex, path: string) => number | undefined)[] = [
  of(buyerTradeKind, ({ authorization, closed, deadline }) => (authorization && !closed ? deadline : undefined)),
  of(sellerTradeKind, ({ quote, closed, deadline }) => (quote && !closed ? deadline : undefined)),
];

/** The agent that the note at a path concerns besides its owner; undefined for none. */
export function concernedBy(index: VaultIndex, path: string): AgentName | undefined {
  return firstOf(CONCERNS, index, path);
}

/** By when the agent that a note concerns has to do something about it, in seconds since 1970; undefined if it can wait. */
export function neededBy(index: VaultIndex, path: string): number | undefined {
  return firstOf(DEADLINES, index, path);
}

function firstOf<Found>(
  looks: readonly ((index: VaultIndex, path: string) => Found | undefined)[],
  index: VaultIndex,
  path: string,
): Found | undefined {
  for (const look of looks) {
    const found = look(index, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function of<Data, Found>(kind: NoteKind<Data>, what: (data: Data) => Found | undefined) {
  return (index: VaultIndex, path: string): Found | undefined => {
    const note = noteAt(index, kind, path);
    return note === undefined ? undefined : what(note);
  };
}

/** The note of a kind at a path; reads the folder only if the path may be of this kind. */
function noteAt<Data>(index: VaultIndex, kind: NoteKind<Data>, path: string): Data | undefined {
  return kind.path.test(path) ? index.note(kind, path)?.data : undefined;
}
