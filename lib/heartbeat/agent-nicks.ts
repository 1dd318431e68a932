import type { AgentName } from '../core/ids.ts';

/**
 * Finds out whose the nicks on the channel are, by folded nick. No agent's own notes are asked: whoever could claim another's nick
 * there, or a person's, would silence it. An agent has the nick that its manifest on this host states, and its name where there
 * is no manifest. The agent of that name has a nick before others; what two others claim is nobody's.
 * @param names the agents in the vault.
 * @param stated the nicks in this host's manifests.
 */
export function agentsByNick(
  names: Iterable<AgentName>,
  stated: ReadonlyMap<AgentName, string>,
  fold: (nick: string) => string,
): ReadonlyMap<string, AgentName> {
  const agents = new Set([...stated.keys(), ...names]);
  const claims = [...agents].map((name) => ({ name, nick: fold(stated.get(name) ?? name) }));
  const owned = new Map(claims.filter(({ name, nick }) => nick === fold(name)).map(({ name, nick }) => [nick, name]));
  const others = claims.filter(({ nick }) => !owned.has(nick));
  const unique = others.filter((one) => others.every((other) => other === one || other.nick !== one.nick));
  return new Map([...owned, ...unique.map(({ name, nick }) => [nick, name] as const)]);
}
