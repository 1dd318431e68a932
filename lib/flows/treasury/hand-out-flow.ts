import { type Flow, failedOutcome, type Outcome } from '../../core/flow.ts';
import { formatUsdc } from '../../core/money.ts';
import type { SendTransfer } from '../../market/token/send-transfer.ts';
import type { HandOut } from './hand-outs.ts';
import { handOutNonce } from './treasury-nonce.ts';
import type { TreasurySnapshot } from './treasury-snapshot.ts';

const FLOW = 'hand-outs';

/** Sends the planned hand-outs: top-ups for community agents, birth grants for system agents. */
export function createHandOutFlow(send: SendTransfer): Flow<HandOut, HandOut, TreasurySnapshot> {
  return {
    name: FLOW,
    read: ({ plan }) => plan?.handOuts ?? [],
    next: (handOut) => ({ type: 'step', step: handOut, reason: handOut.reason }),
    perform: async (steps) => {
      const outcomes: Outcome[] = [];
      for (const { step } of steps) outcomes.push(await handOver(step, send));
      return outcomes;
    },
  };
}

async function handOver({ agent, purpose, amountAtomic, day, reason }: HandOut, send: SendTransfer): Promise<Outcome> {
  const { manifest, address: to } = agent;
  const what = `${purpose} of ${formatUsdc(amountAtomic)} USDC for ${manifest.metadata.name}`;
  try {
    const result = await send({ to, amountAtomic, nonce: handOutNonce(manifest, day) });
    const told = result === 'sent' ? what : `${what}: sent before`;
    return { flow: FLOW, what: told, reason, operations: [], announcements: [] };
  } catch (error) {
    return failedOutcome(FLOW, what, error);
  }
}
