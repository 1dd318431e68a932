import { LRUCache } from 'lru-cache';
import type { Address } from 'viem';
import { agentStateKind } from '../../core/agent-state.ts';
import type { AgentName } from '../../core/ids.ts';
import { oncePer } from '../../core/once.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { verifyIdentity } from '../terms/identity.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';

/** The wallets of the agents, each stated in the agent's own folder with a proof of ownership. */
export type WalletDirectory = ReadonlyMap<AgentName, Address>;

/** The maximum number of checked claims that are cached: more than a swarm has agents. Strangers can state any number. */
const MOST_CLAIMS = 10_000;

/** Creates a function that reads the directory once a head. */
export function createDirectoryReader(
  domain: SigningDomain,
  signatures: SignatureCache,
): (vault: VaultIndex) => Promise<WalletDirectory> {
  const claims = new LRUCache<string, object>({ max: MOST_CLAIMS });

  /** One object for equal claims: an agent's state is a new note in every beat, but its wallet was checked before. */
  function claimOf(text: string): object {
    const claim = claims.get(text) ?? {};
    claims.set(text, claim);
    return claim;
  }

  return oncePer(async (vault) => {
    const directory = new Map<AgentName, Address>();
    for (const { data } of vault.notes(agentStateKind)) {
      const { owner: name, wallet, deliveryRecipient, walletProof } = data;
      const identity = { name, wallet, deliveryRecipient };
      const claim = claimOf(`${name} ${wallet} ${deliveryRecipient} ${walletProof}`);
      if (await verifyIdentity(signatures, domain, identity, walletProof, claim)) directory.set(name, wallet);
    }
    return directory;
  });
}
