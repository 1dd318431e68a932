import type { Address } from 'viem';
import { type AgentName, wireId } from '../../core/ids.ts';
import type { Me } from '../../core/snapshot.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { hashRequest, verifyRequest } from '../terms/request.ts';
import type { SignatureCache } from '../terms/signature-cache.ts';
import type { BuyerTradeNote } from './buyer-trade-note.ts';
import { tradePath } from './trade-note.ts';
import type { TradePair } from './trade-pairs.ts';

/** What requests are judged by. */
export interface RequestLens {
  readonly domain: SigningDomain;
  readonly signatures: SignatureCache;
  /** How long a buyer waits for a quote by the terms of trade, in seconds. */
  readonly quoteBySeconds: number;
  /** Told once of each request that is not what it claims to be. */
  readonly log: (line: string) => void;
}

/** A request may name a time so far ahead, in seconds: clocks differ by as much. */
const MAX_AHEAD_SECONDS = 60;
/** A buyer may wait for a quote so many times as long as the terms of trade say. */
const MAX_WAITS = 2;

/**
 * The requests that wait for an answer of this agent and are what they claim to be, by the paths of their notes. They
 * were written by strangers at no cost: all else takes up nothing of the agent's, and is reported once.
 */
export async function requestsTo(
  me: Me,
  pairs: readonly TradePair[],
  senses: { readonly now: number; readonly directory: ReadonlyMap<AgentName, Address> },
  lens: RequestLens,
): Promise<ReadonlySet<string>> {
  const good = new Set<string>();
  for (const pair of pairs) {
    if (!isMeant(pair, me, senses)) continue;
    const { owner, requestedAt, id } = pair.buyer;
    if (await isGenuine(pair.buyer, lens)) good.add(tradePath(owner, requestedAt, id));
  }
  return good;
}

/** Whether a request of now comes from the wallet that its folder's agent states and goes to this agent's. */
function isMeant(
  { buyer, seller, chain }: TradePair,
  me: Me,
  { now, directory }: { readonly now: number; readonly directory: ReadonlyMap<AgentName, Address> },
): boolean {
  const { request } = buyer;
  const isOpen = seller === undefined && chain === undefined && buyer.closed === undefined;
  const isTimely = request.createdAt <= now + MAX_AHEAD_SECONDS && now < request.quoteBy;
  return isOpen && isTimely && request.seller === me.address && directory.get(buyer.owner) === request.buyer;
}

const judged = new WeakMap<BuyerTradeNote, Promise<boolean>>();

/** Checks a note once, for as long as it stands as it is. */
function isGenuine(note: BuyerTradeNote, lens: RequestLens): Promise<boolean> {
  const known = judged.get(note);
  if (known !== undefined) return known;
  const judgement = faultOf(note, lens).then((fault) => {
    if (fault !== undefined) lens.log(`request ${wireId(note.id)} of ${note.owner} is passed over: ${fault}`);
    return fault === undefined;
  });
  judged.set(note, judgement);
  return judgement;
}

/** Why a request is none, or undefined for a good one. */
async function faultOf(note: BuyerTradeNote, lens: RequestLens): Promise<string | undefined> {
  const { request } = note;
  if (request.quoteBy - request.createdAt > MAX_WAITS * lens.quoteBySeconds) return 'it would wait for too long';
  if (request.createdAt !== note.requestedAt) return 'the note and the signed request name different times';
  if (request.offer !== note.offer) return 'the note and the signed request name different offers';
  if (hashRequest(lens.domain, request) !== note.id) return 'its id is not its hash';
  if (!(await verifyRequest(lens.signatures, lens.domain, request))) return 'it is not signed by its buyer';
  return undefined;
}
