import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldNick } from '../../../lib/core/nick.ts';
import { agentsByNick } from '../../../lib/heartbeat/agent-nicks.ts';

const fold = (nick: string) => foldNick(nick, 'rfc1459');
const names = fc.uniqueArray(fc.constantFrom('kk-a', 'kk-b', 'kk-c', 'kk-d', 'kk-e'), { maxLength: 5 });
const nicks = fc.constantFrom('kk-a', 'KK-B', 'kk-c', 'x', 'X', 'anna');
const stated = fc.dictionary(fc.constantFrom('kk-a', 'kk-b', 'kk-c'), nicks).map((all) => new Map(Object.entries(all)));

describe('the nicks of agents', () => {
  it('are those of manifests, and names where there is no manifest', () => {
    const found = agentsByNick(
      ['kk-a', 'kk-b'],
      new Map([
        ['kk-b', 'Bee'],
        ['kk-c', 'Cee'],
      ]),
      fold,
    );
    expect([...found].sort()).toEqual([
      ['bee', 'kk-b'],
      ['cee', 'kk-c'],
      ['kk-a', 'kk-a'],
    ]);
  });

  it('belong to the agent of that name first, and of two others to none', () => {
    expect(agentsByNick(['kk-a'], new Map([['kk-b', 'KK-A']]), fold).get('kk-a')).toBe('kk-a');
    const two = new Map([
      ['kk-b', 'bee'],
      ['kk-c', 'Bee'],
    ]);
    expect([...agentsByNick([], two, fold)]).toEqual([]);
  });

  it('are never more than one an agent, nor anything that neither a name nor a manifest says', () => {
    fc.assert(
      fc.property(names, stated, (inVault, manifests) => {
        const found = agentsByNick(inVault, manifests, fold);
        expect(new Set(found.values()).size).toBe(found.size);
        for (const [nick, name] of found) expect(nick).toBe(fold(manifests.get(name) ?? name));
        for (const name of inVault) if (!manifests.has(name)) expect(found.get(name)).toBe(name);
        expect([...agentsByNick([...inVault].reverse(), manifests, fold)].sort()).toEqual([...found].sort());
      }),
    );
  });
});
