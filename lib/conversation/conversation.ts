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

/** Something the agent wants now, and the most it pays. */
export interface OpenNeed {
  readonly id: Hex;
  readonly product: ProductName;
  readonly maxPriceAtomic: bigint;
}

/** What an agent knows while it listens. The heartbeat fills it from the vault; nothing here comes from the channel. */
export interface ConversationContext {
  readonly nick: string;
  /** How the server of the channel compares nicks. */
  readonly casemapping: Casemapping;
  /** The nicks of the swarm's agents, folded: they are never answered in plain words. */
  readonly swarmNicks: ReadonlySet<string>;
  readonly offers: readonly OfferOnSale[];
  readonly needs: readonly OpenNeed[];
  /** The live offer that `wire` names in the folder of the agent with that nick; undefined if none or several. */
  readonly resolveOffer: (nick: string, wire: string) => Omit<OfferOnSale, 'title'> | undefined;
  /** The open need that `wire` names in the folder of the agent with that nick; undefined if none or several. */
  readonly resolveNeed: (nick: string, wire: string) => OpenNeed | undefined;
  /** The agent's own open trades: news of them is worth a look. */
  readonly trades: readonly Hex[];
  /** One line: what the agent is doing. */
  readonly status: string;
  /** Why it decided what it decided last, the most important first. */
  readonly reasons: readonly string[];
  /** One line: who it is and what it can be asked. */
  readonly help: string;
}

/** The most that is said in reply to one batch of lines; a batch that deserves more is a flood. */
export const MAX_REPLIES = 8;

/**
 * Says what an agent replies to the lines of one beat: an offer to a need it can serve, interest in an offer it wants, an
 * answer to a person's question. At most one reply a sender and product, people first. Only HAVE, NEED and questions
 * are replied to, and no reply is any of them, so agents can't keep each other talking.
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
 * Whether what was heard concerns the agent, so that its next beat should come sooner: an offer of its own is wanted, a
 * need of its own is met, a trade of its own moved, a person asks. Never changes what a beat does.
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

/** The one way in which an announcement earns a reply. What the vault says counts, not the line. */
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
