import type { Address, Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Clock } from '../../core/time.ts';
import type { SendTransfer } from '../../market/token/send-transfer.ts';
import { dailyTopUp, isCommunity } from './allowance.ts';
import { handOutNonce } from './treasury-nonce.ts';

/** An agent that the treasury funds, whatever it was given. */
export interface FundedAgent {
  readonly manifest: Manifest;
  readonly address: Address;
}

/** A funded agent that has not been given its budget of the day, or its start, yet. */
export interface DueAgent extends FundedAgent {
  readonly balanceAtomic: bigint;
}

/** What is asked of the chain about an agent. */
export interface FundingQuestions {
  readonly readBalance: (account: Address) => Promise<bigint>;
  /** Whether the token has taken the transfer that gives an agent its money of a day, or its start. */
  readonly wasGiven: (manifest: Manifest, day: number) => Promise<boolean>;
}

/** Knows who still has to be given something, and asks the chain about nobody else. */
export interface FundedAgents {
  /** The agents that have not been given their budget of a day, or their start, and may need it. */
  readonly readDue: (agents: readonly FundedAgent[], day: number) => Promise<readonly DueAgent[]>;
  /** Sends, and remembers what came of it. */
  readonly send: SendTransfer;
  /** Agents whose money the token refused a while ago. */
  readonly refused: () => readonly AgentName[];
}

/** What was sent or refused is left alone for so long, in seconds: the one is settled meanwhile, the other asked again. */
const LEFT_ALONE_SECONDS = 600;

/** Knows nothing at first. */
export function createFundedAgents(questions: FundingQuestions, send: SendTransfer, clock: Clock): FundedAgents {
  /** The last transfer that each agent is known to have got. */
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
