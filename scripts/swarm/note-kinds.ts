import { agentStateKind } from '../../lib/core/agent-state.ts';
import type { NoteProblem } from '../../lib/core/note.ts';
import type { VaultIndex } from '../../lib/core/vault.ts';
import { ledgerKind } from '../../lib/flows/coordination/ledger-page.ts';
import { supplyChainKind } from '../../lib/flows/coordination/supply-chain-page.ts';
import { tasksKind } from '../../lib/flows/coordination/tasks-page.ts';
import { validationJobKind } from '../../lib/flows/validation/job-note.ts';
import { alertsKind } from '../../lib/health/alerts-page.ts';
import { logKind } from '../../lib/heartbeat/log-page.ts';
import { memoryKind } from '../../lib/heartbeat/memory-page.ts';
import { needsKind, offeringsKind } from '../../lib/heartbeat/pages.ts';
import { buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { offerKind } from '../../lib/market/notes/offer-note.ts';
import { sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { treasuryKind } from '../../lib/market/notes/treasury-note.ts';

/** Parses every note of every kind that the swarm writes, and gives those that can't be read. */
export function readNotes(vault: VaultIndex): readonly NoteProblem[] {
  vault.notes(agentStateKind);
  vault.notes(offerKind);
  vault.notes(buyerTradeKind);
  vault.notes(sellerTradeKind);
  vault.notes(treasuryKind);
  vault.notes(validationJobKind);
  vault.notes(offeringsKind);
  vault.notes(needsKind);
  vault.notes(memoryKind);
  vault.notes(logKind);
  vault.notes(supplyChainKind);
  vault.notes(ledgerKind);
  vault.notes(tasksKind);
  vault.notes(alertsKind);
  return vault.problems;
}
