import { type Flow, failedOutcome, type Outcome, type PlannedStep } from '../../core/flow.ts';
import { type AgentName, TREASURY } from '../../core/ids.ts';
import { formatUsdc } from '../../core/money.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { type TreasuryNote, treasuryKind, treasuryPath } from '../../market/notes/treasury-note.ts';
import type { SendTransfer } from '../../market/token/send-transfer.ts';
import type { TransferRecord } from '../../market/token/transfers.ts';
import { encodeNote } from '../../vault/codec.ts';
import { type HandOut, planHandOuts } from './hand-outs.ts';
import { handOutNonce } from './treasury-nonce.ts';
import type { TreasurySnapshot } from './treasury-snapshot.ts';

/** What the treasury looks at: each of its own transfers, and what each agent is to be given. */
export type TreasuryView =
  | { readonly type: 'hand-out'; readonly handOut: HandOut }
  | { readonly type: 'movement'; readonly movement: TransferRecord };

/** What it does: hand out money, or write down what moved. */
export type TreasuryStep =
  | { readonly type: 'transfer'; readonly handOut: HandOut }
  | { readonly type: 'record'; readonly movement: TransferRecord; readonly agent: AgentName };

const FLOW = 'treasury';
const MINTED_FROM = '0x0000000000000000000000000000000000000000';

/**
 * The treasury: tops community agents up to their daily budget, gives system agents their start, and writes a ledger
 * entry for each of its transfers. The entries come from the chain, so none is lost when it is killed in between.
 */
export function createTreasuryFlow(send: SendTransfer): Flow<TreasuryView, TreasuryStep, TreasurySnapshot> {
  return {
    name: FLOW,
    read: (snapshot) => [
      ...snapshot.movements.map((movement): TreasuryView => ({ type: 'movement', movement })),
      ...planHandOuts(snapshot).handOuts.map((handOut): TreasuryView => ({ type: 'hand-out', handOut })),
    ],
    next: (view, snapshot) => {
      if (view.type === 'hand-out') {
        const { handOut } = view;
        return { type: 'step', step: { type: 'transfer', handOut }, reason: handOut.reason };
      }
      const step = nextForMovement(view.movement, snapshot);
      return step === undefined ? { type: 'done' } : { type: 'step', ...step };
    },
    perform: async (steps, snapshot) => {
      const outcomes: Outcome[] = [];
      for (const planned of steps) outcomes.push(await attempt(planned, snapshot, send));
      return outcomes;
    },
  };
}

function nextForMovement(movement: TransferRecord, snapshot: TreasurySnapshot): PlannedStep<TreasuryStep> | undefined {
  const path = treasuryPath(movement.at, movement.tx);
  // What was parsed is at hand; one that can't be read is looked at as it stands, and left alone too.
  if (snapshot.vault.note(treasuryKind, path) !== undefined || snapshot.vault.text(path) !== undefined)
    return undefined;
  const other = movement.from === snapshot.treasury ? movement.to : movement.from;
  const agent = movement.from === MINTED_FROM ? TREASURY : snapshot.names.get(other);
  if (agent === undefined) return undefined;
  return { step: { type: 'record', movement, agent }, reason: 'every transfer is a ledger entry' };
}

async function attempt(
  { step, reason }: PlannedStep<TreasuryStep>,
  snapshot: TreasurySnapshot,
  send: SendTransfer,
): Promise<Outcome> {
  switch (step.type) {
    case 'record':
      return recorded(step.movement, step.agent, reason, snapshot);
    case 'transfer': {
      const { ward, purpose, amountAtomic, day } = step.handOut;
      const what = `${purpose} of ${formatUsdc(amountAtomic)} USDC for ${ward.manifest.metadata.name}`;
      try {
        const result = await send({ to: ward.address, amountAtomic, nonce: handOutNonce(ward.manifest, day) });
        return {
          flow: FLOW,
          what: result === 'sent' ? what : `${what}: sent before`,
          reason,
          operations: [],
          announcements: [],
        };
      } catch (error) {
        return failedOutcome(FLOW, what, error);
      }
    }
  }
}

function recorded(movement: TransferRecord, agent: AgentName, reason: string, snapshot: TreasurySnapshot): Outcome {
  const note: TreasuryNote = {
    id: movement.tx,
    owner: TREASURY,
    direction: movement.from === snapshot.treasury ? 'top-up' : movement.from === MINTED_FROM ? 'mint' : 'return',
    agent,
    amountAtomic: movement.amountAtomic,
    day: Math.floor(movement.at / snapshot.daySeconds),
    at: movement.at,
    block: movement.block,
  };
  const operation: VaultOperation = {
    op: 'put',
    path: treasuryPath(movement.at, movement.tx),
    text: encodeNote(treasuryKind, note),
  };
  return {
    flow: FLOW,
    what: `entered ${formatUsdc(movement.amountAtomic)} USDC (${note.direction}, ${agent}) into the ledger`,
    reason,
    operations: [operation],
    announcements: [],
  };
}
