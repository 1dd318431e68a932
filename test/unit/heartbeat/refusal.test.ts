import { describe, expect, it } from 'vitest';
import { agentStateKind, agentStatePath } from '../../../lib/core/agent-state.ts';
import { type Flow, runnable } from '../../../lib/core/flow.ts';
import type { NoteProblem } from '../../../lib/core/note.ts';
import { NO_ORDERS } from '../../../lib/core/orders.ts';
import { CONFIG_PATH, NO_REQUIREMENTS, PROTOCOL, type Requirements } from '../../../lib/core/protocol.ts';
import { buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { flowOf, heartInMemory, outcomeOf } from '../../support/heartbeat.ts';

/** An agent whose operators ordered something and whose vault holds a file, and what it did in its beats. */
function agentWith(given: { readonly requirements?: Requirements; readonly file?: readonly [string, string] }) {
  const acted: string[] = [];
  let requirements = given.requirements ?? NO_REQUIREMENTS;
  const world = heartInMemory({
    orders: () => ({ ...NO_ORDERS, requirements, requiredBy: { at: 0, keys: ['SHA256:abc anna'] } }),
    flows: [
      flowOf('flow', async () => {
        acted.push('act');
        return [outcomeOf()];
      }),
    ],
  });
  if (given.file !== undefined) world.vault.files.set(...given.file);
  const state = () => world.vault.index().note(agentStateKind, agentStatePath('kk-me'))?.data;
  const require = (next: Requirements) => {
    requirements = next;
  };
  return { ...world, acted, state, require };
}

describe('an agent whose operators require what its program does not speak', () => {
  it.each([
    ['a newer protocol', { protocol: PROTOCOL + 1 }, `protocol ${PROTOCOL + 1}`],
    ['a newer version', { protocol: PROTOCOL, minVersion: '0.2.0' }, 'version 0.2.0 or newer, this program is 0.1.0'],
  ])('refuses to trade and states why: %s', async (_, requirements, why) => {
    const { heart, acted, state, said, land } = agentWith({ requirements });
    const report = await heart.beat();
    expect(acted).toEqual([]);
    expect(report).toMatchObject({ task: 'refusing to trade', ok: true });
    expect(state()).toMatchObject({ status: 'refusing', protocol: PROTOCOL, revision: '0.1.0+abc1234' });
    expect(state()?.reason).toContain(why);
    expect(state()?.obeys).toMatch(/^protocol \d.*; signed 1970-01-01T00:00:00Z by SHA256:abc anna$/);
    land();
    await heart.settled();
    expect(said.join('\n')).toMatch(/^STATUS: refusing to trade: /);
  });

  it('says so once on the channel, offers nothing, and trades again when the demand is gone', async () => {
    const { heart, acted, said, land, require, state } = agentWith({ requirements: { protocol: PROTOCOL + 1 } });
    for (const _ of [1, 2]) {
      await heart.beat();
      land();
      await heart.settled();
    }
    expect(said.filter((line) => line.startsWith('STATUS:'))).toHaveLength(1);
    expect(said.filter((line) => !line.startsWith('STATUS:'))).toEqual([]);
    require({ protocol: PROTOCOL, minVersion: '0.1.0' });
    await heart.beat();
    expect(acted).toEqual(['act']);
    expect(state()?.status).not.toBe('refusing');
  });

  it('obeys no note of the vault that is only there', async () => {
    const front = `kind: config\nschema: 1\nid: x\nowner: people\nprotocol: ${PROTOCOL}\nminVersion: 9999.0.0`;
    const { heart, acted } = agentWith({ file: [CONFIG_PATH, `---\n${front}\n---\n`] });
    await heart.beat();
    expect(acted).toEqual(['act']);
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
      const { heart, acted, vault, state } = agentWith({ file: [path, text.replace('trade-buyer', kind)] });
      vault.index().notes(buyerTradeKind);
      await heart.beat();
      expect(acted).toEqual(done);
      expect(state()?.status === 'refusing').toBe(owner === 'kk-me');
    }
  });
});

describe('an agent whose own folder is over its bounds', () => {
  /** Which of two steps it takes; `problem` is what the vault says of its notes. */
  async function stepsWith(problem: NoteProblem) {
    const done: string[] = [];
    const flow: Flow<string, string> = {
      name: 'trade',
      read: () => ['reveal', 'open'],
      next: (view) => ({ type: 'step', step: view, reason: 'due' }),
      isExit: (step) => step === 'reveal',
      perform: async (steps) => {
        done.push(...steps.map(({ step }) => step));
        return [outcomeOf()];
      },
    };
    const { vault } = heartInMemory();
    const { heart } = heartInMemory({
      flows: [runnable(flow)],
      vault: {
        read: async () => ({ ...vault.index(), problems: [problem] }),
        write: async () => undefined,
        landed: () => new Promise(() => undefined),
      },
    });
    const { task, reason } = await heart.beat();
    return { done, task, reason };
  }

  it('signs nothing new, and ends the trades that it still reads', async () => {
    const problem = { path: 'agents/kk-me', code: 'vault/over-bound', detail: '43 files are not read' };
    const { done, task, reason } = await stepsWith(problem);
    expect(done).toEqual(['reveal']);
    expect(task).toBe('refusing to trade');
    expect(reason).toContain('43 files are not read');
  });

  it('ends nothing where a newer program wrote its notes', async () => {
    const problem = { path: 'agents/kk-me/memory.md', code: 'vault/wrong-schema', detail: 'schema 99' };
    expect((await stepsWith(problem)).done).toEqual([]);
  });
});
