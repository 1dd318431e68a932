import { type Flow, failedOutcome, type Outcome, type PlannedStep } from '../../core/flow.ts';
import { type AgentName, TREASURY } from '../../core/ids.ts';
import { formatUsdc } from '../../core/money.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { type TreasuryNote, treasuryKind, treasuryPath } from '../../market/treasury-note.ts';
import { encodeNote } from '../../vault/codec.ts';
import { birthEndowment, dailyTopUp, isCommunity } from './allowance.ts';
import type { SendTransfer } from './send-transfer.ts';
import { treasuryNonce } from './treasury-nonce.ts';
import type { Movement, TreasurySnapshot, Ward } from './treasury-snapshot.ts';

/** What the treasury looks at: each agent, and each of its own transfers. */
export type TreasuryView =
  | { readonly type: 'ward'; readonly ward: Ward }
  | { readonly type: 'movement'; readonly movement: Movement };

/** What it does: hand out money, or write down what moved. */
export type TreasuryStep =
  | {
      readonly type: 'transfer';
      readonly ward: Ward;
      readonly purpose: 'top-up' | 'birth';
      readonly amountAtomic: bigint;
      readonly day: number;
    }
  | { readonly type: 'record'; readonly movement: Movement; readonly agent: AgentName };

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
      ...snapshot.wards.map((ward): TreasuryView => ({ type: 'ward', ward })),
    ],
    next: (view, snapshot) => {
      const step = view.type === 'ward' ? nextForWard(view.ward, snapshot) : nextForMovement(view.movement, snapshot);
      return step === undefined ? { type: 'done' } : { type: 'step', ...step };
    },
    perform: async (steps, snapshot) => {
      const outcomes: Outcome[] = [];
      for (const planned of steps) outcomes.push(await attempt(planned, snapshot, send));
      return outcomes;
    },
  };
}

function nextForWard(ward: Ward, snapshot: TreasurySnapshot): PlannedStep<TreasuryStep> | undefined {
  if (snapshot.draining) return undefined;
  const { manifest } = ward;
  const day = Math.floor(snapshot.now / snapshot.daySeconds);
  const received = snapshot.movements.filter(
    (movement) => movement.from === snapshot.treasury && movement.to === ward.address,
  );
  if (isCommunity(manifest)) {
    const hadToday = received.some((movement) => Math.floor(movement.at / snapshot.daySeconds) === day);
    const amountAtomic = dailyTopUp(manifest, ward.balanceAtomic);
    if (hadToday || amountAtomic === 0n) return undefined;
    return {
      step: { type: 'transfer', ward, purpose: 'top-up', amountAtomic, day },
      reason: `up to its daily budget of ${formatUsdc(manifest.spec.budget.daily)} USDC`,
    };
  }
  const amountAtomic = received.length > 0 ? undefined : birthEndowment(manifest, snapshot.offers);
  if (amountAtomic === undefined || amountAtomic === 0n) return undefined;
  return {
    step: { type: 'transfer', ward, purpose: 'birth', amountAtomic, day },
    reason: 'its backlog of inputs and its reserve, once',
  };
}

function nextForMovement(movement: Movement, snapshot: TreasurySnapshot): PlannedStep<TreasuryStep> | undefined {
  if (snapshot.vault.text(treasuryPath(movement.at, movement.tx)) !== undefined) return undefined;
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
      const { name } = step.ward.manifest.metadata;
      const what = `${step.purpose} of ${formatUsdc(step.amountAtomic)} USDC for ${name}`;
      try {
        const nonce = treasuryNonce(step.purpose, name, step.day);
        const result = await send({ to: step.ward.address, amountAtomic: step.amountAtomic, nonce });
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

function recorded(movement: Movement, agent: AgentName, reason: string, snapshot: TreasurySnapshot): Outcome {
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
