import { describe, expect, it } from 'vitest';
import { agentStateKind, agentStatePath } from '../../../lib/core/agent-state.ts';
import { CONFIG_PATH, PROTOCOL } from '../../../lib/core/protocol.ts';
import { buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { flowOf, heartInMemory, outcomeOf } from '../../support/heartbeat.ts';

const config = (front: string) =>
  `---\nkind: config\nschema: 1\nid: config\nowner: people\n${front}\n---\n\n# Configuration\n`;

/** An agent whose vault holds a file, and what it did in its beats. */
function agentWith(path: string, text: string | undefined) {
  const acted: string[] = [];
  const world = heartInMemory({
    flows: [
      flowOf('flow', async () => {
        acted.push('act');
        return [outcomeOf()];
      }),
    ],
  });
  if (text !== undefined) world.vault.files.set(path, text);
  const state = () => world.vault.index().note(agentStateKind, agentStatePath('kk-me'))?.data;
  return { ...world, acted, state };
}

describe('an agent whose swarm demands what its program does not speak', () => {
  it.each([
    ['a newer protocol', `protocol: ${PROTOCOL + 1}`, `protocol ${PROTOCOL + 1}`],
    ['a newer version', `protocol: ${PROTOCOL}\nminVersion: 0.2.0`, 'version 0.2.0 or newer, this program is 0.1.0'],
    ['what it can not read', `protocol: soon`, "can't be read"],
  ])('refuses to trade and states why: %s', async (_, front, why) => {
    const { heart, acted, state, said, land } = agentWith(CONFIG_PATH, config(front));
    const report = await heart.beat();
    expect(acted).toEqual([]);
    expect(report).toMatchObject({ task: 'refusing to trade', ok: true });
    expect(state()).toMatchObject({ status: 'refusing', protocol: PROTOCOL, revision: '0.1.0+abc1234' });
    expect(state()?.reason).toContain(why);
    land();
    await heart.settled();
    expect(said.join('\n')).toMatch(/^STATUS: refusing to trade: /);
  });

  it('says so once on the channel, offers nothing, and trades again when the demand is gone', async () => {
    const { heart, acted, said, land, vault, state } = agentWith(CONFIG_PATH, config(`protocol: ${PROTOCOL + 1}`));
    for (const _ of [1, 2]) {
      await heart.beat();
      land();
      await heart.settled();
    }
    expect(said.filter((line) => line.startsWith('STATUS:'))).toHaveLength(1);
    expect(said.filter((line) => !line.startsWith('STATUS:'))).toEqual([]);
    vault.files.set(CONFIG_PATH, config(`protocol: ${PROTOCOL}\nminVersion: 0.1.0`));
    await heart.beat();
    expect(acted).toEqual(['act']);
    expect(state()?.status).not.toBe('refusing');
  });

  it('takes a page for people, or none, for no demand', async () => {
    const page = '---\nkind: page\nschema: 1\nid: shared/config\nowner: people\n---\n\n# Configuration\n';
    for (const text of [undefined, page]) {
      const { heart, acted } = agentWith(CONFIG_PATH, text);
      await heart.beat();
      expect(acted).toEqual(['act']);
    }
  });
});

describe('an agent among notes of a newer program', () => {
  const newer = (owner: string) =>
    [
      `agents/${owner}/trades/2026-11/0x${'1'.repeat(64)}.md`,
      `---\nkind: trade-buyer\nschema: 99\nid: x\nowner: ${owner}\n---\n\n`,
    ] as const;

  it('refuses to trade when they are its own, and not when they are a stranger’s', async () => {
    const kind = buyerTradeKind.kind;
    for (const [owner, done] of [
      ['kk-me', []],
      ['kk-other', ['act']],
    ] as const) {
      const [path, text] = newer(owner);
      const { heart, acted, vault, state } = agentWith(path, text.replace('trade-buyer', kind));
      vault.index().notes(buyerTradeKind);
      await heart.beat();
      expect(acted).toEqual(done);
      expect(state()?.status === 'refusing').toBe(owner === 'kk-me');
    }
  });
});
