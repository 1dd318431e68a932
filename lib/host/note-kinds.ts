import { agentStateKind } from '../core/agent-state.ts';
import type { NoteProblem, ReadableKind } from '../core/note.ts';
import { quarantineKind } from '../core/quarantine.ts';
import type { VaultIndex } from '../core/vault.ts';
import { ledgerKind } from '../flows/coordination/ledger-page.ts';
import { supplyChainKind } from '../flows/coordination/supply-chain-page.ts';
import { tasksKind } from '../flows/coordination/tasks-page.ts';
import { validationJobKind } from '../flows/validation/job-note.ts';
import { alertsKind } from '../health/alerts-page.ts';
import { logKind } from '../heartbeat/log-page.ts';
import { memoryKind } from '../heartbeat/memory-page.ts';
import { needsKind, offeringsKind } from '../heartbeat/pages.ts';
import { archiveKind } from '../market/notes/archive-page.ts';
import { archivedTradesKind } from '../market/notes/archived-trade.ts';
import { archivedTransfersKind } from '../market/notes/archived-transfers.ts';
import { buyerTradeKind } from '../market/notes/buyer-trade-note.ts';
import { offerKind } from '../market/notes/offer-note.ts';
import { sellerTradeKind } from '../market/notes/seller-trade-note.ts';
import { treasuryKind } from '../market/notes/treasury-note.ts';

/** Every kind of note that programs write and parse. Each is declared by the folder that owns its facts. */
export const noteKinds: readonly ReadableKind<unknown>[] = [
  agentStateKind,
  offerKind,
  buyerTradeKind,
  sellerTradeKind,
  treasuryKind,
  validationJobKind,
  offeringsKind,
  needsKind,
  memoryKind,
  logKind,
  supplyChainKind,
  ledgerKind,
  tasksKind,
  alertsKind,
  quarantineKind,
  archiveKind,
  archivedTradesKind,
  archivedTransfersKind,
];

/** Parses all notes of all kinds that the swarm writes and returns the problems of those that can't be read. */
export function readNotes(vault: VaultIndex): readonly NoteProblem[] {
  for (const kind of noteKinds) vault.notes(kind);
  return vault.problems;
}
