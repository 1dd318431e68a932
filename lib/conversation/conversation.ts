import type { Hex } from 'viem';
import type { HeardLine, WireAnnouncement } from '../core/channel.ts';
import type { ProductName } from '../core/ids.ts';
import { resolveWireId } from '../core/ids.ts';
import { type Casemapping, foldNick, sameNick } from '../core/nick.ts';
import { answer } from './answer.ts';
import { parseQuestion } from './question.ts';
import type { Reply } from './reply.ts';

/** One of the agent's own live offers. */
export interface OfferOnSale {
  readonly id: Hex;
  readonly product: ProductName;
  readonly priceAtomic: bigint;
  readonly title: string;
}

/** A product that the agent wants now, and the most that it pays. */
export interface OpenNeed {
  readonly id: Hex;
  readonly product: ProductName;
  readonly maxPriceAtomic: bigint;
}

/** What an agent knows when it replies. The heartbeat fills it from the vault; nothing here comes from the channel. */
export interface ConversationContext {
  readonly nick: string;
  /** How the server of the channel compares nicks. */
  readonly casemapping: Casemapping;
  /** The folded nicks of the swarm's agents, which never get an answer in plain words. */
  readonly swarmNicks: ReadonlySet<string>;
  readonly offers: readonly OfferOnSale[];
  readonly needs: readonly OpenNeed[];
  /** Finds the live offer with the wire id `wire` of the agent with that nick; undefined if none or several match. */
  readonly resolveOffer: (nick: string, wire: string) => Omit<OfferOnSale, 'title'> | undefined;
  /** Finds the open need with the wire id `wire` of the agent with that nick; undefined if none or several match. */
  readonly resolveNeed: (nick: string, wire: string) => OpenNeed | undefined;
  /** The agent's own open trades: an announcement about one of them is a reason for an early beat. */
  readonly trades: readonly Hex[];
  /** One line: what the agent is doing. */
  readonly status: string;
  /** The reasons for its last decision, the most important first. */
  readonly reasons: readonly string[];
  /** One line: who the agent is and which questions it answers. */
  readonly help: string;
}

/** The maximum number of replies to one batch of lines. */
export const MAX_REPLIES = 8;

/**
 * Chooses an agent's replies to the lines of one beat: an offer for a need that it can meet, interest in an offer that it
 * wants, an answer to a person's question. At most one reply a sender and product, people first. Agents reply only to HAVE,
 * NEED and questions, and no reply is one of these, so two agents can't reply to each other endlessly.
 */
export function converse(heard: readonly HeardLine[], context: ConversationContext): readonly Reply[] {
  const answers = new Map<string, Reply>();
  const trade = new Map<string, Reply>();
  for (const line of heard) {
    if (isOwn(line.nick, context)) continue;
    const { said } = line;
    const sender = foldNick(line.nick, context.casemapping);
    if (said === undefined) {
      const reply = answers.has(sender) ? undefined : answerPerson(line, context);
      if (reply !== undefined) answers.set(sender, reply);
      continue;
    }
    const matched = matchTrade(line.nick, said, context);
    if (matched === undefined) continue;
    const key = `${sender} ${matched.product}`;
    if (!trade.has(key)) trade.set(key, matched.reply);
  }
  return [...answers.values(), ...trade.values()].slice(0, MAX_REPLIES);
}

/**
 * Whether the lines are a reason for an early beat: somebody wants an offer of the agent or can meet one of its needs, one
 * of its trades moved on, or a person asks. Only changes when a beat comes, not what it does.
 */
export function nudges(heard: readonly HeardLine[], context: ConversationContext): boolean {
  return heard.some((line) => {
    if (isOwn(line.nick, context)) return false;
    const { said } = line;
    if (said === undefined) return answerPerson(line, context) !== undefined;
    return matchTrade(line.nick, said, context) !== undefined || concerns(line.nick, said, context);
  });
}

function concerns(speaker: string, said: WireAnnouncement, context: ConversationContext): boolean {
  if (!isAgent(speaker, context)) return false;
  switch (said.type) {
    case 'interested':
      return isOwn(said.to, context) && resolveWireId(said.offer, context.offers.map(idOf)) !== undefined;
    case 'i-have-that': {
      if (!isOwn(said.to, context)) return false;
      const need = context.needs.find(({ id }) => id === resolveWireId(said.need, context.needs.map(idOf)));
      const offer = context.resolveOffer(speaker, said.offer);
      return need !== undefined && offer !== undefined && fits(offer, need);
    }
    case 'deal':
      return isOwn(said.buyer, context) && resolveWireId(said.trade, context.trades) !== undefined;
    case 'settled':
      return resolveWireId(said.trade, context.trades) !== undefined;
    case 'have':
    case 'need':
    case 'status':
      return false;
  }
}

/** The reply to a HAVE or NEED line, if there is one. The vault decides, not the line. */
function matchTrade(
  speaker: string,
  said: WireAnnouncement,
  context: ConversationContext,
): { readonly product: ProductName; readonly reply: Reply } | undefined {
  if (said.type === 'have') {
    const offer = context.resolveOffer(speaker, said.offer);
    if (offer === undefined || offer.product !== said.product) return undefined;
    if (!context.needs.some((need) => fits(offer, need))) return undefined;
    return { product: offer.product, reply: { announcement: { type: 'interested', to: speaker, offer: offer.id } } };
  }
  if (said.type === 'need') {
    const need = context.resolveNeed(speaker, said.need);
    if (need === undefined || need.product !== said.product) return undefined;
    const offer = cheapest(context.offers.filter((one) => fits(one, need)));
    if (offer === undefined) return undefined;
    const { product, priceAtomic, id } = offer;
    return {
      product,
      reply: { announcement: { type: 'i-have-that', to: speaker, product, priceAtomic, offer: id, need: need.id } },
    };
  }
  return undefined;
}

function answerPerson(line: HeardLine, context: ConversationContext): Reply | undefined {
  if (isAgent(line.nick, context)) return undefined;
  const products = [...context.offers, ...context.needs].map(({ product }) => product);
  const question = parseQuestion(line, context, [...new Set(products)]);
  return question === undefined ? undefined : { text: answer(question, context), to: line.nick };
}

function isAgent(nick: string, context: ConversationContext): boolean {
  return context.swarmNicks.has(foldNick(nick, context.casemapping));
}

function isOwn(nick: string, context: ConversationContext): boolean {
  return sameNick(nick, context.nick, context.casemapping);
}

function fits(offer: Pick<OfferOnSale, 'product' | 'priceAtomic'>, need: OpenNeed): boolean {
  return offer.product === need.product && offer.priceAtomic <= need.maxPriceAtomic;
}

function cheapest(offers: readonly OfferOnSale[]): OfferOnSale | undefined {
  let best: OfferOnSale | undefined;
  for (const offer of offers) if (best === undefined || offer.priceAtomic < best.priceAtomic) best = offer;
  return best;
}

function idOf({ id }: { readonly id: Hex }): Hex {
  return id;
}
