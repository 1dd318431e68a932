import type { ConversationContext } from '../conversation/conversation.ts';
import { agentStateKind } from '../core/agent-state.ts';
import { isOpenState } from '../core/facts.ts';
import { type AgentName, resolveWireId } from '../core/ids.ts';
import type { Need } from '../core/intent.ts';
import { type Casemapping, foldNick } from '../core/nick.ts';
import { type Build, formatBuild } from '../core/protocol.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { cleanText } from '../core/text.ts';
import { agentsByNick } from './agent-nicks.ts';
import { needsKind } from './pages.ts';

/** The maximum length of a reason in a status line, in bytes, so that the agent's build fits into the line, too. */
const MAX_REASON_BYTES = 160;

/** Creates the context in which an agent answers, from the vault, its own last decision and the nicks in this host's manifests. */
export function conversationContext(
  snapshot: Snapshot,
  needs: readonly Need[],
  said: { readonly task: string; readonly reason: string },
  build: Build,
  casemapping: Casemapping,
  nicks: ReadonlyMap<AgentName, string>,
): ConversationContext {
  const { me, market, vault } = snapshot;
  const fold = (nick: string): string => foldNick(nick, casemapping);
  const names = vault.notes(agentStateKind).map(({ data }) => data.owner);
  const nameByNick = agentsByNick(names, nicks, fold);
  const folderOf = (nick: string): string | undefined => nameByNick.get(fold(nick));
  return {
    nick: me.nick,
    casemapping,
    swarmNicks: new Set(nameByNick.keys()),
    offers: market.myOffers.filter((offer) => offer.forAgent === undefined),
    needs,
    resolveOffer: (nick, wire) => {
      const owner = folderOf(nick);
      const offers = market.offers.filter((offer) => offer.seller === owner);
      const id = resolveWireId(
        wire,
        offers.map((offer) => offer.id),
      );
      return offers.find((offer) => offer.id === id);
    },
    resolveNeed: (nick, wire) => {
      const owner = folderOf(nick);
      if (owner === undefined) return undefined;
      const stated = vault.notes(needsKind, owner).flatMap(({ data }) => data.needs);
      const id = resolveWireId(
        wire,
        stated.map((need) => need.id),
      );
      return stated.find((need) => need.id === id);
    },
    trades: market.trades.filter((trade) => isOpenState(trade.state)).map((trade) => trade.id),
    status: `${said.task}. Last reason: ${cleanText(said.reason, MAX_REASON_BYTES)}. I run ${formatBuild(build)}${build.image === '' ? '' : ` from ${build.image}`}`,
    reasons: [said.reason],
    help: `${me.manifest.metadata.description} Ask me: price? | status | why | help`,
  };
}
