import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../lib/core/hub-accounts.ts';
import { hashPassword } from '../../../lib/core/password.ts';
import { type Authenticator, createAuthenticator } from '../../../lib/hub/authenticator.ts';
import { type CheckBounds, type CheckResult, createCheckQueue } from '../../../lib/hub/check-queue.ts';
import { openPasswordFilter } from '../../../lib/hub/password-filter.ts';
import { makeFolder } from '../../support/git.ts';

const FREE: CheckBounds = { running: 1, burst: 1e6, everyMs: 1, waitingOfPair: 4, waiting: 128, maxWaitMs: 600_000 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue of passwords to check', () => {
  it('gives each address its turn, and each account that is tried there, whatever the others send', async () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }));
    await fc.assert(
      fc.asyncProperty(counts, async ([fromElsewhere, fromHere]) => {
        const queue = createCheckQueue(() => 0, { ...FREE, waitingOfPair: 50 });
        const order: string[] = [];
        let letGo: (isRight: boolean) => void = () => undefined;
        const first = queue.check({
          address: 'x',
          account: 'x',
          id: 'first',
          run: () => new Promise((resolve) => (letGo = resolve)),
        });
        const add = (address: string, account: string, id: string) =>
          queue.check({ address, account, id, run: async () => order.push(id) > 0 });
        const all = [first];
        for (let n = 0; n < fromElsewhere; n++) all.push(add('attacker', `a${n % 3}`, `elsewhere ${n}`));
        for (let n = 0; n < fromHere; n++) all.push(add('here', 'other', `here ${n}`));
        all.push(add('here', 'mine', 'right'));
        letGo(true);
        await Promise.all(all);
        // At most each address and each account of the address once before it.
        expect(order.indexOf('right')).toBeLessThanOrEqual(3);
      }),
      { numRuns: 50 },
    );
  });

  it('comes to the right one of many passwords for one account from one address, as often as it is sent', async () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const queue = createCheckQueue(() => 0, FREE, random);
    let result: CheckResult = 'busy';
    let tries = 0;
    for (let n = 0; result !== 'right'; n++) {
      const asked: Promise<CheckResult>[] = [];
      const wrong = (id: string) =>
        queue.check({ address: 'nat', account: 'kk-a', id, run: () => settled().then(() => false) });
      for (let guess = 0; guess < 10; guess++) asked.push(wrong(`guess ${n} ${guess}`));
      const right = queue.check({ address: 'nat', account: 'kk-a', id: 'right', run: async () => true });
      for (let guess = 10; guess < 20; guess++) asked.push(wrong(`guess ${n} ${guess}`));
      result = await right;
      await Promise.all(asked);
      tries += 1;
    }
    expect(tries).toBeLessThan(40);
  });

  it('refuses those of the address with most of them when too many wait', async () => {
    const queue = createCheckQueue(() => 0, { ...FREE, waiting: 6 });
    const never = () => new Promise<boolean>(() => undefined);
    void queue.check({ address: 'x', account: 'x', id: 'running', run: never });
    const results: string[] = [];
    const add = (address: string, account: string) => {
      const id = `${address} ${account}`;
      void queue.check({ address, account, id, run: never }).then((result) => results.push(`${address}: ${result}`));
    };
    add('honest', 'kk-b');
    for (let n = 0; n < 20; n++) add('attacker', `kk-${n}`);
    await settled();
    expect(results).toEqual(Array.from({ length: 15 }, () => 'attacker: busy'));
  });

  describe('over time', () => {
    afterEach(() => void vi.useRealTimers());

    it('checks no more than its rate, however much is sent, and gives up what waited too long', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      const bounds = { ...FREE, burst: 3, everyMs: 1000, waitingOfPair: 100, maxWaitMs: 5000 };
      const queue = createCheckQueue(() => performance.now(), bounds);
      let checks = 0;
      const results: CheckResult[] = [];
      for (let n = 0; n < 50; n++) {
        const run = async () => {
          checks += 1;
          return false;
        };
        void queue.check({ address: `${n}`, account: 'kk-a', id: `${n}`, run }).then((one) => results.push(one));
      }
      await vi.advanceTimersByTimeAsync(0);
      expect(checks).toBe(3);
      await vi.advanceTimersByTimeAsync(4900);
      expect(checks).toBe(7);
      await vi.advanceTimersByTimeAsync(100);
      expect(results.filter((one) => one === 'busy').length).toBeGreaterThanOrEqual(42);
    });
  });
});

describe('a right password', () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let account: Account;
  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    account = { account: 'kk-a', nick: 'kk-a', kind: 'agent', passwordHash: await hashPassword('the password') };
  });
  afterAll(() => removeFolder());

  const flood = (book: Authenticator, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, n) => book.signIn(n % 2 === 0 ? 'kk-a' : 'nobody', `guess ${n}`, 'nat')),
    );

  it('is let in after a restart while wrong ones flood in from the same address', async () => {
    const file = path.join(folder, 'filter.json');
    const before = await openPasswordFilter(file, () => undefined);
    const book = createAuthenticator(before);
    book.replace([account]);
    expect(await book.signIn('kk-a', 'the password', 'nat')).toMatchObject({ result: 'ok' });
    await before.close();

    const filter = await openPasswordFilter(file, () => undefined);
    const again = createAuthenticator(filter);
    again.replace([account]);
    const guesses = flood(again, 400);
    expect(await again.signIn('kk-a', 'the password', 'nat')).toMatchObject({ result: 'ok' });
    expect((await guesses).map(({ result }) => result)).not.toContain('ok');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { key: _key, ...rest } = JSON.parse(await readFile(file, 'utf8'));
    expect(rest.accounts['kk-a']).toBeLessThan(2 ** 16);

    // A changed password is not what the filter knows.
    const changed = { ...account, passwordHash: await hashPassword('another one') };
    expect(filter.mayBeRight(changed, 'the password')).toBe(false);
    await filter.close();
  });

  it('is let in although it was never seen, after wrong ones from the same address', async () => {
    const log: string[] = [];
    const file = path.join(folder, 'damaged.json');
    await writeFile(file, '{');
    const filter = await openPasswordFilter(file, (line) => void log.push(line));
    expect(log.join()).toContain('Passwords are checked anew');
    const book = createAuthenticator(filter);
    book.replace([account]);
    for (let n = 0; n < 10; n++) expect(await book.signIn('kk-a', `wrong ${n}`, 'nat')).toEqual({ result: 'wrong' });
    expect(await book.signIn('kk-a', 'the password', 'nat')).toMatchObject({ result: 'ok' });
    await filter.close();
  });
});
