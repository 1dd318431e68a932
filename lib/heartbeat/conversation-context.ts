import type { ConversationContext } from '../conversation/conversation.ts';
import { agentStateKind } from '../core/agent-state.ts';
import { isOpenState } from '../core/facts.ts';
import { type AgentName, resolveWireId } from '../core/ids.ts';
import type { Decision } from '../core/intent.ts';
import { type Casemapping, foldNick } from '../core/nick.ts';
import { type Build, formatBuild } from '../core/protocol.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { cleanText } from '../core/text.ts';
import { agentsByNick } from './agent-nicks.ts';
import { needsKind } from './pages.ts';

/** The maximum length of a reason in a status line, in bytes, so that the agent's build fits into the line, too. */
const MAX_REASON_BYTES = 160;

/**
 * Creates the context in which an agent answers, from the vault, its own last decision and the nicks in this host's manifests. It
 * outlives the beat, so nothing in it refers to the snapshot, whose index of the vault is large.
 */
export function conversationContext(
  snapshot: Snapshot,
  { needs, task, reason }: Pick<Decision, 'needs' | 'task' | 'reason'>,
  build: Build,
  casemapping: Casemapping,
  nicks: ReadonlyMap<AgentName, string>,
): ConversationContext {
  const { me, vault } = snapshot;
  const { offers, myOffers, trades } = snapshot.market;
  const fold = (nick: string): string => foldNick(nick, casemapping);
  const names = vault.notes(agentStateKind).map(({ data }) => data.owner);
  const nameByNick = agentsByNick(names, nicks, fold);
  const needsOf = new Map(vault.notes(needsKind).map(({ data }) => [data.owner, data.needs]));
  const folderOf = (nick: string): string | undefined => nameByNick.get(fold(nick));
  return {
    nick: me.nick,
    casemapping,
    swarmNicks: new Set(nameByNick.keys()),
    offers: myOffers.filter((offer) => offer.forAgent === undefined),
    needs,
    resolveOffer: (nick, wire) => {
      const owner = folderOf(nick);
      const theirs = offers.filter((offer) => offer.seller === owner);
      const id = resolveWireId(
        wire,
        theirs.map((offer) => offer.id),
      );
      return theirs.find((offer) => offer.id === id);
    },
    resolveNeed: (nick, wire) => {
      const owner = folderOf(nick);
      const stated = owner === undefined ? [] : (needsOf.get(owner) ?? []);
      const id = resolveWireId(
        wire,
        stated.map((need) => need.id),
      );
      return stated.find((need) => need.id === id);
    },
    trades: trades.filter((trade) => isOpenState(trade.state)).map((trade) => trade.id),
    status: `${task}. Last reason: ${cleanText(reason, MAX_REASON_BYTES)}. I run ${formatBuild(build)}${build.image === '' ? '' : ` from ${build.image}`}`,
    reasons: [reason],
    help: `${me.manifest.metadata.description} Ask me: price? | status | why | help`,
  };
}
