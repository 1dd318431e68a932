import type { Flow, Outcome } from '../../core/flow.ts';
import { type AgentName, TREASURY } from '../../core/ids.ts';
import { formatUsdc } from '../../core/money.ts';
import { archivedTransfersKind } from '../../market/notes/archived-transfers.ts';
import { type TreasuryNote, treasuryKind, treasuryPath } from '../../market/notes/treasury-note.ts';
import type { TransferRecord } from '../../market/token/transfers.ts';
import { encodeNote } from '../../vault/codec.ts';
import type { TreasurySnapshot } from './treasury-snapshot.ts';

/** A transfer to record, and the agent that it is from or to. */
interface Entry {
  readonly transfer: TransferRecord;
  readonly agent: AgentName;
}

const FLOW = 'ledger';
const MINTED_FROM = '0x0000000000000000000000000000000000000000';

/**
 * Writes a ledger entry for each of the treasury's transfers. The entries come from the chain, so none is lost when the
 * treasury is killed between sending and writing.
 */
export const ledgerFlow: Flow<TransferRecord, Entry, TreasurySnapshot> = {
  name: FLOW,
  read: ({ transfers, vault }) => {
    const archived = new Set(
      vault.notes(archivedTransfersKind).flatMap(({ data }) => data.transfers.map(({ id }) => id)),
    );
    return transfers.filter(({ tx }) => !archived.has(tx));
  },
  next: (transfer, { vault, treasury, names }) => {
    const path = treasuryPath(transfer.at, transfer.tx);
    // A parsed note is found quickly; a note that can't be parsed is checked by its text and also not overwritten.
    if (vault.note(treasuryKind, path) !== undefined || vault.text(path) !== undefined) return { type: 'done' };
    const other = transfer.from === treasury ? transfer.to : transfer.from;
    const agent = transfer.from === MINTED_FROM ? TREASURY : names.get(other);
    if (agent === undefined) return { type: 'done' };
    return { type: 'step', step: { transfer, agent }, reason: 'every transfer is a ledger entry' };
  },
  perform: async (steps, snapshot) => steps.map(({ step, reason }) => enter(step, reason, snapshot)),
};

/** The subject of a commit with ledger entries. */
export function ledgerSubject(entries: readonly Outcome[]): string {
  const [first] = entries;
  if (first === undefined || entries.length > 1) return `Enter ${entries.length} transfers into the ledger`;
  return first.what.charAt(0).toUpperCase() + first.what.slice(1);
}

function enter({ transfer, agent }: Entry, reason: string, { treasury, daySeconds }: TreasurySnapshot): Outcome {
  const note: TreasuryNote = {
    id: transfer.tx,
    owner: TREASURY,
    direction: transfer.from === treasury ? 'top-up' : transfer.from === MINTED_FROM ? 'mint' : 'return',
    agent,
    amountAtomic: transfer.amountAtomic,
    day: Math.floor(transfer.at / daySeconds),
    at: transfer.at,
    block: transfer.block,
  };
  const path = treasuryPath(transfer.at, transfer.tx);
  return {
    flow: FLOW,
    what: `entered ${formatUsdc(transfer.amountAtomic)} USDC (${note.direction}, ${agent}) into the ledger`,
    reason,
    operations: [{ op: 'put', path, text: encodeNote(treasuryKind, note) }],
    announcements: [],
  };
}
