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

/** The rules by which requests are checked. */
export interface RequestRules {
  readonly domain: SigningDomain;
  readonly signatures: SignatureCache;
  /** How long a buyer waits for a quote, in seconds. */
  readonly quoteBySeconds: number;
  /** Receives one line for each invalid request. */
  readonly log: (line: string) => void;
}

/** The facts that a request is checked against: the current time and the wallets of the agents. */
interface RequestSenses {
  readonly now: number;
  readonly directory: ReadonlyMap<AgentName, Address>;
}

/** How far in the future a request's time may be, in seconds, because clocks differ. */
const MAX_AHEAD_SECONDS = 60;
/** A buyer may wait for a quote up to this many times as long as the terms of trade say. */
const MAX_WAITS = 2;
/**
 * How many open requests of one buyer to one seller are looked at, each of which takes milliseconds the first time: a seller
 * quotes four at a time.
 */
const MOST_OF_A_BUYER = 64;

/**
 * Creates a function that finds the valid requests that wait for an agent's answer, by the paths of their notes. Strangers
 * can write requests at no cost, so an invalid one uses none of the agent's limits and is reported once. Each note is
 * checked once, as long as it doesn't change, and of one buyer only some: the others when those are answered or over.
 */
export function createRequestReader(
  rules: RequestRules,
): (me: Me, trades: readonly Trade[], senses: RequestSenses) => Promise<ReadonlySet<string>> {
  const isGenuine = oncePer(async (note: BuyerTradeNote) => {
    const refusal = await refusalOf(note, rules);
    if (refusal !== undefined) rules.log(`request ${wireId(note.id)} of ${note.owner} is ignored: ${refusal}`);
    return refusal === undefined;
  });
  return async (me, trades, senses) => {
    const good = new Set<string>();
    const counts = new Map<AgentName, number>();
    for (const trade of trades) {
      if (trade.side === 'seller' || !isMeant(trade, me, senses)) continue;
      const count = (counts.get(trade.buyer.owner) ?? 0) + 1;
      counts.set(trade.buyer.owner, count);
      if (count > MOST_OF_A_BUYER) continue;
      const { owner, requestedAt, id } = trade.buyer;
      if (await isGenuine(trade.buyer)) good.add(tradePath(owner, requestedAt, id));
    }
    return good;
  };
}

/** Whether a current request comes from the wallet of the agent in whose folder it is, and goes to this agent's wallet. */
function isMeant({ buyer, chain, request }: Purchase, me: Me, { now, directory }: RequestSenses): boolean {
  const isOpen = chain === undefined && buyer.closed === undefined;
  const isTimely = request.createdAt <= now + MAX_AHEAD_SECONDS && now < request.quoteBy;
  return isOpen && isTimely && request.seller === me.address && directory.get(buyer.owner) === request.buyer;
}

/** Why a request is invalid; undefined for a valid one. */
async function refusalOf(note: BuyerTradeNote, rules: RequestRules): Promise<string | undefined> {
  const { request } = note;
  if (request.quoteBy - request.createdAt > MAX_WAITS * rules.quoteBySeconds)
    return 'its deadline for a quote is too far away';
  if (request.createdAt !== note.requestedAt) return 'the note and the signed request name different times';
  if (request.offer !== note.offer) return 'the note and the signed request name different offers';
  if (hashRequest(rules.domain, request) !== note.id) return 'its id is not its hash';
  if (!(await verifyRequest(rules.signatures, rules.domain, request))) return 'it is not signed by its buyer';
  return undefined;
}
