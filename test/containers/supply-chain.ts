import type { VaultAudit } from '../support/vault-audit.ts';

/** The sales that carry chat logs to a person of the community, each of which must be settled once. */
const LINKS = [
  'kk-karma-hello raw-logs kk-skill-extractor',
  'kk-karma-hello raw-logs kk-voice-extractor',
  'kk-skill-extractor skill-profile kk-soul-extractor',
  'kk-voice-extractor voice-profile kk-soul-extractor',
  'kk-soul-extractor soul community',
] as const;

/** The agents that make goods of logs, and those that check and coordinate; the others are the community. */
export const SYSTEM: ReadonlySet<string> = new Set([
  'kk-coordinator',
  'kk-karma-hello',
  'kk-skill-extractor',
  'kk-voice-extractor',
  'kk-validator',
  'kk-soul-extractor',
]);

/** The links of the supply chain that no settled trade shows yet, both sides' notes agreeing. */
export function missingLinks(vault: Pick<VaultAudit, 'bought' | 'sold'>): readonly string[] {
  const sold = new Set(vault.sold.filter(({ closed }) => closed?.state === 'settled').map(({ id }) => id));
  const settled = vault.bought.filter(({ id, closed }) => closed?.state === 'settled' && sold.has(id));
  const seen = new Set(
    settled.map(({ seller, product, owner }) => `${seller} ${product} ${SYSTEM.has(owner) ? owner : 'community'}`),
  );
  return LINKS.filter((link) => !seen.has(link));
}
