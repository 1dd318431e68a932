import type { Address } from 'viem';
import { type AgentName, wireId } from '../../core/ids.ts';
import { oncePer } from '../../core/once.ts';
import type { Me } from '../../core/snapshot.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { hashRequest, verifyRequest } from '../terms/request.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';
import type { BuyerTradeNote } from './buyer-trade-note.ts';
import { tradePath } from './trade-note.ts';
import type { Purchase, Trade } from './trade-pairs.ts';

/** What requests are judged by. */
export interface RequestRules {
  readonly domain: SigningDomain;
  readonly signatures: SignatureCache;
  /** How long a buyer waits for a quote by the terms of trade, in seconds. */
  readonly quoteBySeconds: number;
  /** Told once of each request that is not what it claims to be. */
  readonly log: (line: string) => void;
}

/** What a request is compared with: the time now and the wallets that agents proved to be theirs. */
interface RequestSenses {
  readonly now: number;
  readonly directory: ReadonlyMap<AgentName, Address>;
}

/** A request may name a time so far ahead, in seconds: clocks differ by as much. */
const MAX_AHEAD_SECONDS = 60;
/** A buyer may wait for a quote so many times as long as the terms of trade say. */
const MAX_WAITS = 2;

/**
 * Creates the function that finds the requests which wait for an answer of an agent and are what they claim to be, by the
 * paths of their notes. They were written by strangers at no cost: all else takes up nothing of the agent's, and is
 * reported once. Each note is checked once, for as long as it stands as it is.
 */
export function createRequestReader(
  rules: RequestRules,
): (me: Me, trades: readonly Trade[], senses: RequestSenses) => Promise<ReadonlySet<string>> {
  const isGenuine = oncePer(async (note: BuyerTradeNote) => {
    const refusal = await refusalOf(note, rules);
    if (refusal !== undefined) rules.log(`request ${wireId(note.id)} of ${note.owner} is passed over: ${refusal}`);
    return refusal === undefined;
  });
  return async (me, trades, senses) => {
    const good = new Set<string>();
    for (const trade of trades) {
      if (trade.side === 'seller' || !isMeant(trade, me, senses)) continue;
      const { owner, requestedAt, id } = trade.buyer;
      if (await isGenuine(trade.buyer)) good.add(tradePath(owner, requestedAt, id));
    }
    return good;
  };
}

/** Whether a request of now comes from the wallet that its folder's agent states and goes to this agent's. */
function isMeant({ buyer, chain, request }: Purchase, me: Me, { now, directory }: RequestSenses): boolean {
  const isOpen = chain === undefined && buyer.closed === undefined;
  const isTimely = request.createdAt <= now + MAX_AHEAD_SECONDS && now < request.quoteBy;
  return isOpen && isTimely && request.seller === me.address && directory.get(buyer.owner) === request.buyer;
}

/** Why a request is none, or undefined for a good one. */
async function refusalOf(note: BuyerTradeNote, rules: RequestRules): Promise<string | undefined> {
  const { request } = note;
  if (request.quoteBy - request.createdAt > MAX_WAITS * rules.quoteBySeconds) return 'it would wait for too long';
  if (request.createdAt !== note.requestedAt) return 'the note and the signed request name different times';
  if (request.offer !== note.offer) return 'the note and the signed request name different offers';
  if (hashRequest(rules.domain, request) !== note.id) return 'its id is not its hash';
  if (!(await verifyRequest(rules.signatures, rules.domain, request))) return 'it is not signed by its buyer';
  return undefined;
}
