import { agentStateKind } from '../core/agent-state.ts';
import type { NoteKind, NoteProblem } from '../core/note.ts';
import type { VaultIndex } from '../core/vault.ts';
import { ledgerKind } from '../flows/coordination/ledger-page.ts';
import { supplyChainKind } from '../flows/coordination/supply-chain-page.ts';
import { tasksKind } from '../flows/coordination/tasks-page.ts';
import { validationJobKind } from '../flows/validation/job-note.ts';
import { alertsKind } from '../health/alerts-page.ts';
import { logKind } from '../heartbeat/log-page.ts';
import { memoryKind } from '../heartbeat/memory-page.ts';
import { needsKind, offeringsKind } from '../heartbeat/pages.ts';
import { buyerTradeKind } from '../market/notes/buyer-trade-note.ts';
import { offerKind } from '../market/notes/offer-note.ts';
import { sellerTradeKind } from '../market/notes/seller-trade-note.ts';
import { treasuryKind } from '../market/notes/treasury-note.ts';

/** A kind of note without its type, so that a list can hold different ones. */
export interface ListedKind extends Pick<NoteKind<unknown>, 'kind' | 'path' | 'schema'> {
  /** Parses all notes of the kind; what can't be read stands among the problems of the vault. */
  readonly readAll: (vault: VaultIndex) => void;
}

/** Every kind of note that programs write. Each is declared by the folder that owns its facts. */
export const noteKinds: readonly ListedKind[] = [
  listed(agentStateKind),
  listed(offerKind),
  listed(buyerTradeKind),
  listed(sellerTradeKind),
  listed(treasuryKind),
  listed(validationJobKind),
  listed(offeringsKind),
  listed(needsKind),
  listed(memoryKind),
  listed(logKind),
  listed(supplyChainKind),
  listed(ledgerKind),
  listed(tasksKind),
  listed(alertsKind),
];

/** Parses every note of every kind that programs write, and gives those that can't be read. */
export function readNotes(vault: VaultIndex): readonly NoteProblem[] {
  for (const { readAll } of noteKinds) readAll(vault);
  return vault.problems;
}

function listed<Data>(kind: NoteKind<Data>): ListedKind {
  return { kind: kind.kind, path: kind.path, schema: kind.schema, readAll: (vault) => void vault.notes(kind) };
}
