import type { VaultIndex } from '../../core/vault.ts';
import { type ArchivedTransfer, archivedTransfersKind } from './archived-transfers.ts';
import { treasuryKind } from './treasury-note.ts';

/** All transfers of the treasury, each once: archived ones, then those with a note on `main`. */
export function treasuryEntries(vault: VaultIndex): readonly ArchivedTransfer[] {
  const entries = new Map<string, ArchivedTransfer>();
  for (const { data } of vault.notes(archivedTransfersKind)) {
    for (const transfer of data.transfers) if (!entries.has(transfer.id)) entries.set(transfer.id, transfer);
  }
  for (const { data } of vault.notes(treasuryKind)) if (!entries.has(data.id)) entries.set(data.id, data);
  return [...entries.values()];
}
