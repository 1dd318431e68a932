import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agentStateKind } from '../../lib/core/agent-state.ts';
import { CONFIG_PATH, NO_REQUIREMENTS, refusalOf } from '../../lib/core/protocol.ts';
import { QUARANTINE_SECONDS, type QuarantineOrder, quarantinePath } from '../../lib/core/quarantine.ts';
import { swarmId } from '../../lib/core/signed-note.ts';
import { systemClock } from '../../lib/core/time.ts';
import { type HostOrders, openHostOrders } from '../../lib/host/host-orders.ts';
import { type ChannelConnection, connectChannel } from '../../lib/irc/connection.ts';
import { hubRemote } from '../../lib/vault/hub-remote.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, gitWith, makeFolder, writeFiles } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, passwordOf, startTestHub, type TestHub } from '../support/hub.ts';
import { CHANNEL, noNgircd, until } from '../support/irc.ts';
import { configText, keysOf, operator, quarantineText } from '../support/operators.ts';
import { addressOf, chainOf } from '../support/snapshot.ts';
import { putState } from '../support/trade-notes.ts';
import { openTestVault, QUICK, until as untilAsync } from '../support/vault.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const [anna, mallory] = [operator('anna'), operator('mallory')];
const deployment = { chainId: 31337, escrow: `0x${'e'.repeat(40)}` as const };
const SWARM = swarmId(deployment);
const BUILD = { version: '0.1.0', commit: '', image: '' };

suite(`what operators order through a hub${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  let person = '';
  let bad = '';
  const cleanUps: (() => unknown)[] = [];

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    const accounts = [
      await anAccount('kk-good'),
      await anAccount('kk-bad'),
      await anAccount('kk-odd'),
      await anAccount('bob', 'person'),
    ];
    hub = await startTestHub(folder, accounts, {}, { ...deployment, keys: anna.line });
    person = await cloneAs(hub, folder, 'bob');
    bad = await cloneAs(hub, folder, 'kk-bad');
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  /** Writes files as an account, or removes those whose text is undefined, and pushes. */
  async function push(account: string, clone: string, files: Readonly<Record<string, string | undefined>>) {
    const as = gitIdentity(hub, account);
    await gitWith(as, clone, 'pull', '--quiet', '--rebase');
    for (const [file, text] of Object.entries(files)) {
      if (text === undefined) await rm(path.join(clone, file), { force: true });
      else await writeFiles(clone, { [file]: text });
    }
    await git(clone, 'add', '--all');
    await git(clone, 'commit', '--quiet', '-m', 'Change files');
    await gitWith(as, clone, 'push', '--quiet', 'origin', 'HEAD:main');
  }

  /** The same past the hub's rules, as a hub did that was not told the operators' keys. */
  async function pushAround(files: Readonly<Record<string, string | undefined>>): Promise<void> {
    await expect(push('bob', person, files)).rejects.toThrow(/is an operator's order/);
    await pastTheHub();
  }

  async function pastTheHub(): Promise<void> {
    await git(hub.repository, 'fetch', '--quiet', person, 'HEAD');
    await git(hub.repository, 'update-ref', 'refs/heads/main', await git(person, 'rev-parse', 'HEAD'));
  }

  /** Lands an order and its removal at once, so that nobody reads a head that has it; then somebody else pushes. */
  async function pushReplaced(at: string, text: string): Promise<void> {
    const as = gitIdentity(hub, 'bob');
    await gitWith(as, person, 'pull', '--quiet', '--rebase');
    await writeFiles(person, { [at]: text });
    await git(person, 'add', '--all');
    await git(person, 'commit', '--quiet', '-m', 'Order');
    await git(person, 'rm', '--quiet', at);
    await git(person, 'commit', '--quiet', '-m', 'Remove the order');
    await expect(gitWith(as, person, 'push', 'origin', 'HEAD:main')).rejects.toThrow(/is an operator's order/);
    await pastTheHub();
    await push('bob', person, { 'people/bob.md': `a page after ${at}` });
  }

  /** The host of an agent in a container, with or without what it remembered before. */
  async function hostOf(
    name: string,
    account = 'kk-good',
  ): Promise<{ readonly vault: Vault; readonly orders: HostOrders }> {
    const remote = hubRemote({
      remoteUrl: hub.url,
      account,
      password: passwordOf(account),
      caFile: hub.caFile,
    });
    const options = { ...remote, hasFiles: false, timing: { ...QUICK, fetchIntervalMs: 50 } };
    const whole = await openTestVault(folder, hub.url, name, options);
    cleanUps.push(() => whole.close());
    const orders = await openHostOrders({
      vault: whole,
      clone: path.join(folder, name, 'vault'),
      file: path.join(folder, `${name}.json`),
      keys: keysOf(anna),
      market: { index: { view: async () => chainOf() }, deployment } as never,
      nicks: new Map(),
      self: account,
    });
    return { vault: orders.vaultOf('kk-good'), orders };
  }

  /** Waits until a host has read the newest head of the hub. */
  async function caughtUp(vault: Vault): Promise<void> {
    const head = (await git(hub.repository, 'rev-parse', 'main')).trim();
    await untilAsync('the newest head', async () => (await vault.read()).head === head);
  }

  it('is obeyed when it is signed, and a requirement of a people’s account stops nobody', async () => {
    const { vault, orders } = await hostOf('host-a');
    const refusal = async () => {
      await caughtUp(vault);
      return refusalOf(await vault.read(), 'kk-good', BUILD, orders.current().requirements)?.reason;
    };
    const impossible = { protocol: 1, minVersion: '9999.0.0' };
    const now = systemClock();
    for (const [found, text] of [
      ['unsigned', configText(SWARM, impossible, now)],
      ['unknown-key', configText(SWARM, impossible, now, mallory)],
      ['bad-signature', configText(swarmId({ ...deployment, chainId: 8453 }), impossible, now, anna)],
    ] as const) {
      await push('bob', person, { [CONFIG_PATH]: text });
      expect(await refusal()).toBeUndefined();
      expect(orders.current().findings).toEqual([{ path: CONFIG_PATH, why: found, author: 'bob' }]);
    }

    const signed = configText(SWARM, { protocol: 1, minVersion: '0.2.0' }, now - 60, anna);
    await push('bob', person, { [CONFIG_PATH]: signed });
    expect(await refusal()).toContain('version 0.2.0 or newer');
    await push('bob', person, { [CONFIG_PATH]: configText(SWARM, { protocol: 1, minVersion: '0.1.0' }, now, anna) });
    expect(await refusal()).toBeUndefined();
    // The older one is put back, then the note is removed: what was obeyed last still holds, also after a restart.
    for (const [found, text] of [
      ['older', signed],
      ['removed', undefined],
    ] as const) {
      await pushAround({ [CONFIG_PATH]: text });
      expect(await refusal()).toBeUndefined();
      expect(orders.current()).toMatchObject({ requirements: { minVersion: '0.1.0' }, findings: [{ why: found }] });
    }
    // A host that remembers nothing finds it in the history.
    const fresh = await hostOf('host-b');
    await caughtUp(fresh.vault);
    expect(fresh.orders.current().requirements).toEqual({ protocol: 1, minVersion: '0.1.0' });
    expect(fresh.orders.current().requirements).not.toEqual(NO_REQUIREMENTS);
  });

  it('is obeyed also when somebody replaced it before anybody read it', async () => {
    const { vault, orders } = await hostOf('host-d');
    await caughtUp(vault);
    const now = systemClock();
    const until = now + QUARANTINE_SECONDS - 60;
    const order: QuarantineOrder = { agent: 'kk-odd', state: 'quarantined', until, reason: 'it lies' };
    await pushReplaced(quarantinePath('kk-odd'), quarantineText(SWARM, order, now - 60, anna));
    await caughtUp(vault);
    expect([...orders.current().quarantined.keys()]).toEqual(['kk-odd']);
    await expect(gitWith(gitIdentity(hub, 'kk-odd'), folder, 'ls-remote', hub.url)).rejects.toThrow(/403/);
  });

  it('puts an agent in quarantine: out of sight, out of git and off the channel, until it is released', async () => {
    const { vault, orders } = await hostOf('host-c');
    const own = await hostOf('host-bad', 'kk-bad');
    const agents = async () => {
      await caughtUp(vault);
      return (await vault.read()).notes(agentStateKind).map(({ data }) => data.owner);
    };
    const irc: ChannelConnection = connectChannel({
      host: 'localhost',
      port: hub.hub.ircPort,
      tls: { ca: hub.ca },
      nick: 'kk-bad',
      channel: CHANNEL,
      sasl: { account: 'kk-bad', password: passwordOf('kk-bad') },
      backoff: { minMs: 20, maxMs: 100 },
    });
    cleanUps.push(() => irc.close());
    await until('kk-bad on the channel', () => irc.state() === 'joined');
    await push('kk-bad', bad, Object.fromEntries([fileOf(putState('kk-bad', addressOf(1)))]));
    expect(await agents()).toEqual(['kk-bad']);

    const now = systemClock();
    const order: QuarantineOrder = {
      agent: 'kk-bad',
      state: 'quarantined',
      until: now - 60 + QUARANTINE_SECONDS,
      reason: 'its key was stolen',
    };
    const at = quarantinePath('kk-bad');
    await push('bob', person, { [at]: quarantineText(SWARM, order, now - 60, mallory) });
    expect(await agents()).toEqual(['kk-bad']);
    expect(orders.current().findings).toContainEqual({ path: at, why: 'unknown-key', author: 'bob' });

    await push('bob', person, { [at]: quarantineText(SWARM, order, now - 60, anna) });
    expect(await agents()).toEqual([]);
    expect(orders.isIgnored('KK-bad')).toBe(true);
    await until('the end of its connection', () => irc.state() !== 'joined');
    const fetched = () => gitWith(gitIdentity(hub, 'kk-bad'), bad, 'fetch', 'origin');
    await expect(fetched()).rejects.toThrow(/403/);
    const pushed = () => gitWith(gitIdentity(hub, 'kk-bad'), bad, 'push', 'origin', 'HEAD:main');
    await expect(pushed()).rejects.toThrow(/403/);
    const body = await fetch403(hub, 'kk-bad');
    expect(body).toMatch(
      /kk-bad is in quarantine until .*: its key was stolen\. .*swarm-ops quarantine kk-bad --release/,
    );
    // Its own host can't fetch the order, and knows by the refusal.
    const isShutOut = async () => {
      await own.vault.read();
      return own.orders.current().quarantined.has('kk-bad');
    };
    await untilAsync('its own host knows', isShutOut);
    // Removing the note ends nothing.
    await pushAround({ [at]: undefined });
    expect(await agents()).toEqual([]);
    await expect(fetched()).rejects.toThrow(/403/);

    const release: QuarantineOrder = { ...order, state: 'released', until: now, reason: '' };
    await push('bob', person, { [at]: quarantineText(SWARM, release, now, anna) });
    expect(await agents()).toEqual(['kk-bad']);
    await untilAsync('its gate', () =>
      fetched().then(
        () => true,
        () => false,
      ),
    );
    await untilAsync('its own host goes on', async () => !(await isShutOut()));
    await until('kk-bad on the channel again', () => irc.state() === 'joined');
    expect(orders.isIgnored('kk-bad')).toBe(false);
  });
});

function fileOf(operation: ReturnType<typeof putState>): readonly [string, string] {
  if (operation.op === 'delete') throw new Error('not a file');
  return [operation.path, operation.text];
}

/** What the hub says to an account that it is closed to. */
async function fetch403(hub: TestHub, account: string): Promise<string> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const auth = `${account}:${passwordOf(account)}`;
    request(`${hub.url}/info/refs?service=git-upload-pack`, { ca: hub.ca, auth }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => {
        text += part.toString();
      });
      response.on('end', () => resolve(response.statusCode === 403 ? text : `status ${response.statusCode}`));
    })
      .on('error', reject)
      .end();
  });
}
