import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOperatorKeys } from '../../../lib/core/operator-keys.ts';
import { CONFIG_PATH, NO_REQUIREMENTS, type Requirements, requirementsFacts } from '../../../lib/core/protocol.ts';
import { QUARANTINE_SECONDS, type QuarantineOrder, quarantinePath } from '../../../lib/core/quarantine.ts';
import { signedText } from '../../../lib/core/signed-note.ts';
import { recoverWallet } from '../../../lib/market/terms/wallet-signature.ts';
import { type OrderKeeperParts, openOrderKeeper } from '../../../lib/vault/order-keeper.ts';
import { type SignedNote, signedNoteOf } from '../../../lib/vault/signed-notes.ts';
import { configText, keysOf, operator, quarantineText } from '../../support/operators.ts';

const SWARM = `eip155:31337/0x${'e'.repeat(40)}`;
const OTHER_SWARM = `eip155:8453/0x${'e'.repeat(40)}`;
const NOW = 1_800_000_000;
const [anna, ben, mallory] = [operator('anna'), operator('ben'), operator('mallory')];
const strict: Requirements = { protocol: 1, minVersion: '0.2.0' };

let folder: string;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kk-orders-'));
  now = NOW;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keeper = (changes: Partial<OrderKeeperParts> = {}) =>
  openOrderKeeper({
    file: path.join(folder, 'obeyed.json'),
    keys: keysOf(anna, ben),
    swarm: SWARM,
    recoverWallet,
    history: () => [],
    authorOf: async () => 'people',
    clock: () => now,
    ...changes,
  });
function noteOf(at: string, text: string): SignedNote {
  const note = signedNoteOf(at, text);
  if (note === undefined) throw new Error('not a signed note');
  return note;
}
const config = (required: Requirements, at: number, ...by: Parameters<typeof configText>[3][]) =>
  noteOf(CONFIG_PATH, configText(SWARM, required, at, ...by));

it('a look at many notes of strangers gives the loop a turn after each that it verifies', async () => {
  const order: QuarantineOrder = { agent: 'kk-x', state: 'quarantined', until: NOW + 60, reason: 'it lies' };
  const text = quarantineText(OTHER_SWARM, order, NOW, anna, ben);
  const notes = Array.from({ length: 200 }, (_, index) =>
    noteOf(quarantinePath(`kk-x${index}`), text.replaceAll('kk-x', `kk-x${index}`)),
  );
  // Writing the memory would give it turns, too.
  const orders = await keeper({ file: undefined });
  let [turns, isDone] = [0, false];
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const { quarantined, findings } = await orders.look(notes);
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(notes.length);
  expect(quarantined.size).toBe(0);
  expect(findings[0]).toMatchObject({ why: 'bad-signature' });
});

describe('a requirement', () => {
  it('counts when an operator signed it, and is remembered when its note is changed, set back or removed', async () => {
    const orders = await keeper();
    const first = config(strict, NOW - 100, anna);
    expect((await orders.look([first])).requirements).toEqual(strict);
    const newer = config({ protocol: 1, minVersion: '0.3.0' }, NOW - 50, ben);
    expect((await orders.look([newer])).requirements.minVersion).toBe('0.3.0');
    const cases = [
      ['older', [first]],
      ['unsigned', [config(strict, NOW)]],
      ['removed', []],
      [
        'unreadable',
        [noteOf(CONFIG_PATH, '---\nkind: config\nschema: 1\nid: x\nowner: people\nprotocol: soon\n---\n')],
      ],
    ] as const;
    for (const [why, notes] of cases) {
      for (const one of [orders, await keeper()]) {
        const seen = await one.look(notes);
        expect(seen.requirements.minVersion).toBe('0.3.0');
        expect(seen.findings).toEqual([{ path: CONFIG_PATH, why, author: 'people' }]);
      }
    }
    expect((await orders.look([newer])).findings).toEqual([]);
  });

  it.each([
    ['by a key that is not configured', 'unknown-key', configText(SWARM, strict, NOW, mallory)],
    ['for another swarm', 'bad-signature', configText(OTHER_SWARM, strict, NOW, anna)],
    ['by nobody', 'unsigned', configText(SWARM, strict, NOW)],
    ['and changed after', 'bad-signature', configText(SWARM, strict, NOW, anna).replace('0.2.0', '9999.0.0')],
    ['and given a later date', 'bad-signature', configText(SWARM, strict, NOW, anna).replace(`${NOW}`, `${NOW + 1}`)],
    ['far in the future', 'future', configText(SWARM, strict, NOW + 3600, anna)],
  ])('signed %s is reported and not obeyed', async (_, why, text) => {
    const seen = await (await keeper()).look([noteOf(CONFIG_PATH, text)]);
    expect(seen.requirements).toEqual(NO_REQUIREMENTS);
    expect(seen.findings).toEqual([{ path: CONFIG_PATH, why, author: 'people' }]);
  });

  it('signed for another purpose counts for nothing', async () => {
    const facts = requirementsFacts(strict, NOW);
    const note = { path: CONFIG_PATH, facts, signatures: [anna.sign(SWARM, facts, 'git')] };
    expect((await (await keeper()).look([note])).findings).toMatchObject([{ why: 'bad-signature' }]);
  });

  it('may be signed by a wallet', async () => {
    const account = privateKeyToAccount(`0x${'1'.repeat(64)}`);
    const facts = requirementsFacts(strict, NOW);
    const signature = await account.signMessage({ message: signedText(SWARM, facts) });
    const keys = parseOperatorKeys(account.address);
    const seen = await (await keeper({ keys })).look([{ path: CONFIG_PATH, facts, signatures: [signature] }]);
    expect(seen.requirements).toEqual(strict);
    expect(seen.requiredBy?.keys).toEqual([account.address.toLowerCase()]);
  });

  it('that nobody changes is no finding, signed or not', async () => {
    const seen = await (await keeper()).look([config(NO_REQUIREMENTS, NOW)]);
    expect(seen.findings).toEqual([]);
  });

  it('is found in the history by a host that remembers nothing, the newest valid one', async () => {
    const history = [
      config({ protocol: 99 }, NOW - 1, mallory),
      config(strict, NOW - 10, anna),
      config({ protocol: 1 }, NOW - 90, anna),
    ];
    const orders = await keeper({ history: () => history });
    expect((await orders.look([config({ protocol: 99 }, NOW)])).requirements).toEqual(strict);
  });

  it('is found among what stood between two looks, and at a start that remembers something', async () => {
    const orders = await keeper();
    await orders.look([config({ protocol: 1 }, NOW - 90, anna)]);
    const passed = [config({ protocol: 99 }, NOW, mallory), config(strict, NOW - 50, anna)];
    expect((await orders.look([], passed)).requirements).toEqual(strict);
    const newer = config({ protocol: 1, minVersion: '0.3.0' }, NOW - 10, ben);
    const again = await keeper({ history: () => [newer] });
    expect((await again.look([])).requirements.minVersion).toBe('0.3.0');
  });

  it('lapses when its key is taken from the configuration', async () => {
    await (await keeper()).look([config(strict, NOW, anna)]);
    const orders = await keeper({ keys: keysOf(ben) });
    expect((await orders.look([])).requirements).toEqual(NO_REQUIREMENTS);
  });
});

describe('a quarantine', () => {
  const order: QuarantineOrder = {
    agent: 'kk-bad',
    state: 'quarantined',
    until: NOW + QUARANTINE_SECONDS,
    reason: 'why',
  };
  const note = (of: QuarantineOrder, at: number, ...by: Parameters<typeof quarantineText>[3][]) =>
    noteOf(quarantinePath(of.agent), quarantineText(SWARM, of, at, ...by));

  it('lapses after 24 hours', async () => {
    const orders = await keeper();
    expect((await orders.look([note(order, NOW, anna)])).quarantined.get('kk-bad')).toMatchObject({
      reason: 'why',
      since: NOW,
      until: order.until,
    });
    now = order.until;
    expect(orders.current().quarantined.size).toBe(0);
  });

  it('holds once a second operator confirmed it, also when that signature is removed again', async () => {
    const orders = await keeper();
    await orders.look([note(order, NOW, anna, ben)]);
    await orders.look([note(order, NOW, anna)]);
    now = order.until + 10 * QUARANTINE_SECONDS;
    for (const one of [orders, await keeper()]) {
      expect((await one.look([])).quarantined.get('kk-bad')).toMatchObject({ until: undefined });
    }
  });

  it('is not confirmed by the same key twice', async () => {
    const orders = await keeper();
    await orders.look([note(order, NOW, anna, anna)]);
    expect(orders.current().quarantined.get('kk-bad')?.until).toBe(order.until);
  });

  it('ends by a newer release, and an older order does not bring it back', async () => {
    const orders = await keeper();
    await orders.look([note({ ...order, until: NOW + 50 }, NOW - 20, anna, ben)]);
    await orders.look([note({ ...order, state: 'released', until: NOW - 10, reason: '' }, NOW - 10, anna)]);
    const seen = await orders.look([note({ ...order, until: NOW + 50 }, NOW - 20, anna, ben)]);
    expect(seen.quarantined.size).toBe(0);
    expect(seen.findings).toMatchObject([{ why: 'older' }]);
  });

  it('by one operator can not be longer, nor stand at the path of another agent', async () => {
    const longer = quarantineText(SWARM, order, NOW, anna).replace(`${order.until}`, `${order.until + 1}`);
    expect(signedNoteOf(quarantinePath('kk-bad'), longer)).toBeUndefined();
    const elsewhere = noteOf(quarantinePath('kk-good'), quarantineText(SWARM, order, NOW, anna));
    expect((await (await keeper()).look([elsewhere])).quarantined.size).toBe(0);
  });
});
