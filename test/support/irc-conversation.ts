import type { Hex } from 'viem';
import type { ConversationContext, OfferOnSale, OpenNeed } from '../../lib/conversation/conversation.ts';
import { parseQuestion, type Question } from '../../lib/conversation/question.ts';
import { resolveWireId } from '../../lib/core/ids.ts';
import { parseHeardLine } from '../../lib/irc/heard-line.ts';

/** One agent of a simulated channel. */
export interface Talker {
  readonly nick: string;
  readonly offers: readonly OfferOnSale[];
  readonly needs: readonly OpenNeed[];
}

/** What one of the talkers knows. `strangers` makes it take all others for people. */
export function contextOf(me: Talker, all: readonly Talker[], strangers = false): ConversationContext {
  const folder = (nick: string) => all.find((one) => one.nick === nick);
  return {
    nick: me.nick,
    casemapping: 'ascii',
    swarmNicks: new Set(strangers ? [] : all.map(({ nick }) => nick)),
    offers: me.offers,
    needs: me.needs,
    resolveOffer: (nick, wire) => pick(folder(nick)?.offers ?? [], wire),
    resolveNeed: (nick, wire) => pick(folder(nick)?.needs ?? [], wire),
    trades: [],
    status: `${me.nick} is well, ${all.map(({ nick }) => `${nick}: status?`).join(' ')}`,
    reasons: all.map(({ nick }) => `${nick}: why?`),
    help: `Ask ${all.map(({ nick }) => nick).join(', ')}: price?`,
  };
}

/** What a line that somebody says asks of a nick. */
export function questionIn(text: string, nick: string, products?: readonly string[]): Question | undefined {
  return parseQuestion(parseHeardLine('somebody', text, 0), { nick, casemapping: 'ascii' }, products);
}

function pick<One extends { readonly id: Hex }>(facts: readonly One[], wire: string): One | undefined {
  const id = resolveWireId(
    wire,
    facts.map((one) => one.id),
  );
  return facts.find((one) => one.id === id);
}
