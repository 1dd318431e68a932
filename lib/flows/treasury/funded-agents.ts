import type { Address, Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Clock } from '../../core/time.ts';
import type { SendTransfer } from '../../market/token/send-transfer.ts';
import { dailyTopUp, isCommunity } from './allowance.ts';
import { handOutNonce } from './treasury-nonce.ts';

/** An agent that the treasury funds. */
export interface FundedAgent {
  readonly manifest: Manifest;
  readonly address: Address;
}

/** A funded agent that did not get its top-up of the day, or its birth grant, yet. */
export interface DueAgent extends FundedAgent {
  readonly balanceAtomic: bigint;
}

/** Reads facts about an agent from the chain. */
export interface FundingReads {
  readonly readBalance: (account: Address) => Promise<bigint>;
  /** Whether the token shows the transfer of an agent's top-up of a day, or of its birth grant, as made. */
  readonly wasGiven: (manifest: Manifest, day: number) => Promise<boolean>;
}

/** Tracks which agents must still get money, and reads the chain only for these. */
export interface FundedAgents {
  /** The agents that did not get their top-up of a day, or their birth grant, and may need it. */
  readonly readDue: (agents: readonly FundedAgent[], day: number) => Promise<readonly DueAgent[]>;
  /** Sends a transfer and remembers its outcome. */
  readonly send: SendTransfer;
  /** Agents whose transfer the token refused recently. */
  readonly refused: () => readonly AgentName[];
}

/** How long an agent is skipped after a transfer was sent or refused, in seconds. */
const LEFT_ALONE_SECONDS = 600;

/** Creates a tracker that knows nothing yet. */
export function createFundedAgents(questions: FundingReads, send: SendTransfer, clock: Clock): FundedAgents {
  /** The last transfer that each agent is known to have received. */
  const given = new Map<AgentName, Hex>();
  const leftAlone = new Map<Hex, { readonly until: number; readonly refused: boolean; readonly to: Address }>();
  const nameOf = new Map<Address, AgentName>();

  async function readOne({ manifest, address }: FundedAgent, day: number): Promise<DueAgent | undefined> {
    const { name } = manifest.metadata;
    const nonce = handOutNonce(manifest, day);
    nameOf.set(address, name);
    if (given.get(name) === nonce || leftAlone.has(nonce)) return undefined;
    const balanceAtomic = isCommunity(manifest) ? await questions.readBalance(address) : 0n;
    if (isCommunity(manifest) && dailyTopUp(manifest, balanceAtomic) === 0n) return undefined;
    if (!(await questions.wasGiven(manifest, day))) return { manifest, address, balanceAtomic };
    given.set(name, nonce);
    return undefined;
  }

  return {
    readDue: async (agents, day) => {
      const now = clock();
      for (const [nonce, { until }] of leftAlone) if (until <= now) leftAlone.delete(nonce);
      const due = await Promise.all(agents.map((agent) => readOne(agent, day)));
      return due.filter((agent) => agent !== undefined);
    },
    send: async (transfer) => {
      const leave = (refused: boolean): void => {
        leftAlone.set(transfer.nonce, { until: clock() + LEFT_ALONE_SECONDS, refused, to: transfer.to });
      };
      try {
        const result = await send(transfer);
        leave(false);
        return result;
      } catch (error) {
        if (error instanceof SwarmError && error.code === 'market/transfer-refused') leave(true);
        throw error;
      }
    },
    refused: () => [...leftAlone.values()].flatMap(({ refused, to }) => (refused ? (nameOf.get(to) ?? []) : [])),
  };
}
