import { formatError } from '../core/errors.ts';
import type { VaultIndex } from '../core/vault.ts';
import { validationJobKind } from '../flows/validation/job-note.ts';
import { buyerTradeKind } from '../market/notes/buyer-trade-note.ts';
import { offerKind } from '../market/notes/offer-note.ts';
import { sellerTradeKind } from '../market/notes/seller-trade-note.ts';
import type { Vault } from '../vault/vault.ts';
import type { AgentHost } from './agent-host.ts';

/** Wakes the other side of a trade when a note of it lands, and tells of new offers. Gives the function that ends it. */
export function watchVault(
  vault: Vault,
  agents: readonly AgentHost[],
  onOffer: (product: string) => void,
  log: (line: string) => void,
): () => void {
  const byName = new Map(agents.map((agent) => [agent.manifest.metadata.name, agent]));
  const known = new Set<string>();
  return vault.watch(({ paths }) => {
    vault.read().then(
      (index) => {
        for (const path of paths) {
          byName.get(otherSide(index, path) ?? '')?.nudge();
          const offer = index.note(offerKind, path)?.data;
          if (offer === undefined || known.has(offer.id)) continue;
          known.add(offer.id);
          onOffer(offer.product);
          if (offer.for !== undefined) byName.get(offer.for)?.nudge();
        }
      },
      (error: unknown) => log(`cannot read what changed in the vault: ${formatError(error)}`),
    );
  });
}

/** The party of a trade that did not write the note at a path; for a validation job, whoever it is for. */
function otherSide(index: VaultIndex, path: string): string | undefined {
  if (path.includes('/jobs/')) return index.note(validationJobKind, path)?.data.validator;
  if (!path.includes('/trades/')) return undefined;
  return index.note(buyerTradeKind, path)?.data.seller ?? index.note(sellerTradeKind, path)?.data.buyer;
}
