import { describe, expect, it } from 'vitest';
import type { HeardLine } from '../../../lib/core/channel.ts';
import { type Flow, runnable } from '../../../lib/core/flow.ts';
import { NO_ORDERS, type Orders } from '../../../lib/core/orders.ts';
import { endsTrade } from '../../../lib/flows/trade/step.ts';
import { flowOf, heartInMemory, outcomeOf } from '../../support/heartbeat.ts';
import { NOW } from '../../support/snapshot.ts';

const quarantine = { agent: 'kk-me', reason: 'its key was stolen', since: NOW, until: NOW + 60, by: ['anna'] };
const IN_QUARANTINE: Orders = { ...NO_ORDERS, quarantined: new Map([['kk-me', quarantine]]) };

describe('an agent in quarantine', () => {
  it('signs nothing new and ends what is open; released, it trades again', async () => {
    const done: string[] = [];
    const flow: Flow<string, string> = {
      name: 'trade',
      read: () => ['reveal', 'quote'],
      next: (view) => ({ type: 'step', step: view, reason: 'due' }),
      isExit: (step) => step === 'reveal',
      perform: async (steps) => {
        done.push(...steps.map(({ step }) => step));
        return [outcomeOf()];
      },
    };
    let orders = IN_QUARANTINE;
    const intended: number[] = [];
    const watched = {
      name: 'other',
      plan: (...[, intents]: Parameters<ReturnType<typeof runnable>['plan']>) => {
        intended.push(intents.length);
        return { stepCount: 0, wakeAt: undefined, perform: async () => [] };
      },
    };
    const world = heartInMemory({
      orders: () => orders,
      flows: [runnable(flow), watched],
      policy: () => ({
        intents: [{ type: 'request', offer: '0x1', seller: 'kk-a', reason: 'r' }],
        needs: [],
        task: 'buys',
        reason: 'r',
      }),
    });
    const report = await world.heart.beat();
    expect(done).toEqual(['reveal']);
    expect(intended).toEqual([0]);
    expect(report).toMatchObject({ task: 'refusing to trade', reason: 'in quarantine: its key was stolen' });
    orders = NO_ORDERS;
    await world.heart.beat();
    expect(done).toEqual(['reveal', 'reveal', 'quote']);
    expect(intended).toEqual([0, 1]);
  });

  it('runs no flow that says of no step that it ends something', async () => {
    const done: string[] = [];
    const flow: Flow<string, string> = {
      name: 'produce',
      read: () => ['make'],
      next: (view) => ({ type: 'step', step: view, reason: 'due' }),
      perform: async (steps) => {
        done.push(...steps.map(({ step }) => step));
        return [];
      },
    };
    await heartInMemory({ orders: () => IN_QUARANTINE, flows: [runnable(flow)] }).heart.beat();
    expect(done).toEqual([]);
  });

  it('neither opens, quotes, requests nor authorizes a trade', () => {
    const trade = {} as never;
    for (const type of ['open', 'quote', 'authorize'] as const) expect(endsTrade({ type, trade })).toBe(false);
    expect(endsTrade({ type: 'request', offer: '0x1', seller: 'kk-a' })).toBe(false);
    for (const type of ['reveal', 'refund', 'settle', 'confirm', 'receive', 'renew'] as const) {
      expect(endsTrade({ type, trade })).toBe(true);
    }
  });
});

describe('lines of an agent in quarantine', () => {
  it('are not heard by others and wake nobody', async () => {
    const line = (nick: string): HeardLine => ({ nick, text: 'kk-me: help', said: undefined, at: NOW });
    const lines = [line('kk-bad'), line('somebody')];
    const said: string[] = [];
    const world = heartInMemory({
      isIgnored: (nick) => nick === 'kk-bad',
      flows: [flowOf('f', async () => [])],
      channel: {
        state: () => 'joined',
        say: (text) => said.push(text) > 0,
        drain: () => lines,
        casemapping: () => 'ascii',
      },
    });
    await world.heart.beat();
    world.land();
    await world.heart.settled();
    expect(said.some((text) => text.startsWith('somebody:'))).toBe(true);
    expect(said.filter((text) => text.includes('kk-bad'))).toEqual([]);
    expect([world.heart.concerns(line('kk-bad')), world.heart.concerns(line('somebody'))]).toEqual([false, true]);
  });
});
