import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { agentStateKind, agentStatePath } from '../../../lib/core/agent-state.ts';
import type { ChannelPort, HeardLine } from '../../../lib/core/channel.ts';
import { SwarmError } from '../../../lib/core/errors.ts';
import { logPath } from '../../../lib/heartbeat/log-page.ts';
import type { HeartbeatPorts } from '../../../lib/heartbeat/ports.ts';
import { encodeNote } from '../../../lib/vault/codec.ts';
import { flowOf, heartInMemory, outcomeOf } from '../../support/heartbeat.ts';
import { budgetOf, chainOf, manifestOf, meOf, NOW, offerFact } from '../../support/snapshot.ts';

const broken = async (): Promise<never> => {
  throw new Error('it broke');
};
const brokenNow = (): never => {
  throw new Error('it broke');
};
const untitled = offerFact(1, { seller: 'kk-me', product: 'no product\r\n' });

/** Every part of the world that can fail a beat. */
const FAILURES: Readonly<Record<string, Partial<HeartbeatPorts>>> = {
  'the chain': { readChain: broken },
  'the market': { readMarket: broken },
  'the workshop': { readWork: broken },
  'the channel': { channel: { state: () => 'joined', say: () => true, drain: brokenNow, casemapping: () => 'ascii' } },
  'the policy': { policy: brokenNow },
  'planning a flow': { flows: [{ name: 'bad', plan: brokenNow }] },
  'performing a flow': { flows: [flowOf('bad', broken)] },
  'a step': {
    flows: [flowOf('bad', async () => [outcomeOf({ failure: { message: 'it broke', disposition: 'wait' } })])],
  },
};

describe('a beat', () => {
  it.each(Object.entries(FAILURES))('records and tells when this fails: %s', async (_, ports) => {
    const world = heartInMemory(ports);
    const report = await world.heart.beat();
    expect(report.ok).toBe(false);
    expect(report.errors.join()).toContain('it broke');
    expect(world.writes).toHaveLength(1);
    const state = world.vault.index().note(agentStateKind, agentStatePath('kk-me'))?.data;
    expect(state).toMatchObject({ status: 'degraded', beats: 1, errors: 1 });
    expect(world.vault.files.get(logPath('kk-me', NOW))).toContain('it broke');
  });

  it('decides and acts on nothing when the vault can not be read, and still records', async () => {
    const acted: string[] = [];
    const flows = [
      flowOf('flow', async () => {
        acted.push('act');
        return [outcomeOf()];
      }),
    ];
    const vault = { read: broken, write: async () => undefined, landed: broken };
    expect((await heartInMemory({ vault, flows }).heart.beat()).task).toBe('waiting after an error');
    expect(acted).toEqual([]);
    await heartInMemory({ flows }).heart.beat();
    expect(acted).toEqual(['act']);
  });

  it('keeps nothing of the vault that it read: with many agents those would be many vaults', async () => {
    let read: WeakRef<object> | undefined;
    const inMemory = heartInMemory().vault;
    const vault = {
      read: async () => {
        const index = { ...inMemory.index() };
        read = new WeakRef(index);
        return index;
      },
      write: async () => undefined,
      landed: () => new Promise<never>(() => undefined),
    };
    const { heart } = heartInMemory({ vault });
    expect(await heart.beat()).toMatchObject({ ok: true });
    setFlagsFromString('--expose-gc');
    await vi.waitFor(() => {
      runInNewContext('gc')();
      // Not the object itself: the assertion's error would keep it.
      expect(read !== undefined && read.deref() === undefined).toBe(true);
    });
    expect(heart.concerns({ nick: 'someone', text: 'kk-me: price?' } as HeardLine)).toBeTypeOf('boolean');
  });

  it('runs no flow at all while its clock is over a minute off the chain, or the chain is out of sight', async () => {
    const halted = async (ports: Partial<HeartbeatPorts>) => {
      const acted: string[] = [];
      const intent = { type: 'withdraw', offer: untitled.id, reason: 'old' } as const;
      const run = async () => [outcomeOf()];
      const flows: HeartbeatPorts['flows'] = [
        {
          name: 'trade',
          plan: (_, intents) => ({ stepCount: acted.push(`${intents.length}`), wakeAt: 1, perform: run }),
        },
      ];
      const policy = () => ({ intents: [intent], needs: [], task: 'trading', reason: 'as ever' });
      const world = heartInMemory({ flows, policy, ...ports });
      const { errors, task } = await world.heart.beat();
      return { acted, errors, task, log: world.vault.files.get(logPath('kk-me', NOW)) };
    };
    const chainAt = (blockTime: number) => ({ readChain: async () => chainOf({ blockTime }) });
    for (const off of [-60, 0, 60]) {
      expect(await halted(chainAt(NOW + off))).toMatchObject({ acted: ['1'], errors: [], task: 'trading' });
    }
    for (const off of [-3600, -61, 61]) {
      const { acted, errors, task, log } = await halted(chainAt(NOW + off));
      expect({ acted, task }).toEqual({ acted: [], task: 'signing nothing' });
      expect(errors).toEqual([expect.stringContaining(`${Math.abs(off)} s off the chain's`)]);
      expect(log).toContain("off the chain's: nothing is signed until they agree");
    }
    const blind = await halted({ readChain: broken });
    expect(blind).toMatchObject({ acted: [], errors: ['cannot read the chain: it broke'], task: 'signing nothing' });
  });

  it('compares the clock with the chain as of when the chain answered, however long the vault takes', async () => {
    const flows = [flowOf('flow', async () => [outcomeOf()])];
    let clock = NOW;
    const index = heartInMemory().vault.index();
    const readSlowly = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      clock += 300;
      return index;
    };
    const vault = { read: readSlowly, write: async () => undefined, landed: broken };
    const world = heartInMemory({ flows, vault, clock: () => clock, readChain: async () => chainOf() });
    expect((await world.heart.beat()).did).toEqual([{ what: 'did it', reason: 'it was time' }]);
  });

  it('records what was done whatever the text of it is, in whole characters', async () => {
    const half = /[\p{Cc}\p{Cs}]/u;
    const cuts = fc.tuple(fc.constantFrom(72, 300, 600), fc.nat({ max: 5 }));
    const texts = fc.oneof(
      fc.array(fc.nat({ max: 0xffff }), { maxLength: 100 }).map((codes) => String.fromCharCode(...codes)),
      cuts.map(([room, before]) => `${'x'.repeat(room - before)}\u{1f680} and more`),
    );
    await fc.assert(
      fc.asyncProperty(texts, texts, texts, async (what, task, reason) => {
        const flows = [flowOf('flow', async () => [outcomeOf({ what, reason })])];
        const policy = () => ({ intents: [], needs: [], task, reason });
        for (const changes of [{ flows, policy }, { policy }]) {
          const world = heartInMemory(changes);
          expect((await world.heart.beat()).ok).toBe(true);
          const [write] = world.writes;
          expect(Buffer.byteLength(write?.message ?? '')).toBeLessThanOrEqual(72);
          expect(write?.message).not.toMatch(half);
          const state = world.vault.index().note(agentStateKind, agentStatePath('kk-me'))?.data;
          expect(`${state?.task}${state?.reason}`).not.toMatch(half);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('never throws when it can not even tell whether it may trade', async () => {
    const index = { ...heartInMemory().vault.index(), note: brokenNow };
    const vault = { read: async () => index, write: async () => undefined, landed: broken };
    const report = await heartInMemory({ vault }).heart.beat();
    expect(report).toMatchObject({ ok: false, did: [], errors: [expect.stringContaining('it broke')] });
  });

  it('lets the other flows go on when one fails', async () => {
    const flows = [flowOf('bad', broken), flowOf('good', async () => [outcomeOf()])];
    const report = await heartInMemory({ flows }).heart.beat();
    expect(report).toMatchObject({ did: [{ what: 'did it', reason: 'it was time' }], errors: ['bad: it broke'] });
  });

  it('never throws when it can not write, and then says nothing', async () => {
    const write = async () => {
      throw new SwarmError({ code: 'vault/closed', disposition: 'stop', message: 'closed', next: 'Stop.' });
    };
    const vault = { read: async () => heartInMemory().vault.index(), write, landed: broken };
    const world = heartInMemory({ vault });
    expect((await world.heart.beat()).errors.join()).toContain('vault/closed');
    expect(world.said).toEqual([]);
    expect(world.logged.join()).toContain('cannot record');
  });

  it('writes what the flows did also when a page of its own can not be written', async () => {
    const crowd = Array.from({ length: 2000 }, (_, seed) =>
      offerFact(seed, { seller: 'kk-me', title: 'x'.repeat(80) }),
    );
    const readMarket = async () => ({
      market: { offers: [], myOffers: crowd, trades: [], lost: [], requests: new Set<string>(), budget: budgetOf() },
      directory: new Map(),
    });
    const put = { op: 'put' as const, path: 'agents/kk-me/trades/x.md', text: 'money' };
    const flows = [flowOf('flow', async () => [outcomeOf({ operations: [put] })])];
    const world = heartInMemory({ readMarket, flows });
    const report = await world.heart.beat();
    expect(report.errors.join()).toContain('offerings.md');
    expect(world.vault.files.get(put.path)).toBe('money');
    expect(world.vault.index().note(agentStateKind, agentStatePath('kk-me'))?.data.status).toBe('degraded');
  });

  it('announces only when the write has landed', async () => {
    const world = heartInMemory();
    await world.heart.beat();
    expect(world.said).toEqual([]);
    world.land();
    await world.heart.settled();
    expect(world.said).toEqual([expect.stringMatching(/^HAVE: skill-profile ×1 /)]);
  });

  it('says nothing about a write that was given up', async () => {
    const world = heartInMemory();
    await world.heart.beat();
    world.land(new Error('closed'));
    await world.heart.settled();
    expect(world.said).toEqual([]);
    expect(world.logged.join()).toContain('not announced');
  });

  it('says again what a failed write kept it from saying', async () => {
    let isBroken = true;
    const inner = heartInMemory().vault;
    const vault: HeartbeatPorts['vault'] = {
      read: async () => inner.index(),
      write: async (write) => (isBroken ? broken() : inner.apply(write.operations)),
      landed: async (id) => ({ id, commit: 'c', saved: [] }),
    };
    const world = heartInMemory({ vault });
    await world.heart.beat();
    isBroken = false;
    await world.heart.beat();
    await world.heart.settled();
    expect(world.said).toHaveLength(1);
    expect(inner.files.get(logPath('kk-me', NOW))).toContain('nothing to do');
  });

  it('logs a decision once for as long as it stays the same', async () => {
    const world = heartInMemory();
    for (let beats = 0; beats < 3; beats += 1) await world.heart.beat();
    const log = world.vault.files.get(logPath('kk-me', NOW)) ?? '';
    expect(log.match(/nothing to do/g)).toHaveLength(1);
    expect(world.vault.index().note(agentStateKind, agentStatePath('kk-me'))?.data.beats).toBe(3);
  });

  it('gives the time of the next look by the machine’s clock', async () => {
    const flows = [flowOf('late', async () => [], NOW + 60), flowOf('soon', async () => [], NOW + 7)];
    expect((await heartInMemory({ flows, clock: () => NOW + 2 }).heart.beat()).wakeAt).toBe(NOW + 9);
    expect((await heartInMemory().heart.beat()).wakeAt).toBeUndefined();
  });

  it('shows no line end of a product or a title on the channel', async () => {
    const readMarket = async () => ({
      market: {
        offers: [],
        myOffers: [untitled],
        trades: [],
        lost: [],
        requests: new Set<string>(),
        budget: budgetOf(),
      },
      directory: new Map(),
    });
    const world = heartInMemory({ readMarket, me: meOf(manifestOf('kk-me')) });
    await world.heart.beat();
    world.land();
    await world.heart.settled();
    for (const line of world.said) expect(line).not.toMatch(/[\r\n\0]/);
  });

  it('answers a person whose nick an agent claims in its notes', async () => {
    const heard: HeardLine[] = [];
    const said: string[] = [];
    const channel: ChannelPort = {
      state: () => 'joined',
      say: (line) => said.push(line) > 0,
      drain: () => heard.splice(0),
      casemapping: () => 'ascii',
    };
    const world = heartInMemory({ channel });
    await world.heart.beat();
    world.land();
    await world.heart.settled();
    const own = world.vault.index().note(agentStateKind, agentStatePath('kk-me'));
    if (own === undefined) throw new Error('no state was recorded');
    const claim = { ...own.data, id: 'kk-evil', owner: 'kk-evil', aliases: [], nick: 'Anna' };
    world.vault.files.set(agentStatePath('kk-evil'), encodeNote(agentStateKind, claim));
    heard.push({ nick: 'anna', text: 'kk-me: price?', said: undefined, at: NOW });
    said.length = 0;
    await world.heart.beat();
    world.land();
    await world.heart.settled();
    expect(said).toContainEqual(expect.stringMatching(/^anna: /));
  });
});
