import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_PATH, type Requirements } from '../../lib/core/protocol.ts';
import { QUARANTINE_SECONDS, type QuarantineOrder, quarantinePath } from '../../lib/core/quarantine.ts';
import { swarmId } from '../../lib/core/signed-note.ts';
import { systemClock } from '../../lib/core/time.ts';
import { git, gitWith, makeFolder, writeFiles } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';
import { configText, operator, quarantineText } from '../support/operators.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const [anna, ben, mallory] = [operator('anna'), operator('ben'), operator('mallory')];
const deployment = { chainId: 31337, escrow: `0x${'e'.repeat(40)}` as const };
const SWARM = swarmId(deployment);
const AT = quarantinePath('kk-bad');
type Files = Readonly<Record<string, string | undefined>>;

suite(`operators’ orders in the vault${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  let person = '';
  let now = 0;

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    const accounts = [await anAccount('kk-bad'), await anAccount('bob', 'person')];
    hub = await startTestHub(folder, accounts, {}, { ...deployment, keys: `${anna.line}\n${ben.line}` });
    person = await cloneAs(hub, folder, 'bob');
    now = systemClock() - 3600;
  });
  beforeEach(async () => {
    now += 10;
    await gitWith(gitIdentity(hub, 'bob'), person, 'fetch', '--quiet', 'origin');
    await git(person, 'reset', '--quiet', '--hard', 'origin/main');
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  async function commit(files: Files): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      if (text === undefined) await rm(path.join(person, file), { force: true });
      else await writeFiles(person, { [file]: text });
    }
    await git(person, 'add', '--all');
    await git(person, 'commit', '--quiet', '-m', 'Change files');
  }
  const push = () => gitWith(gitIdentity(hub, 'bob'), person, 'push', '--quiet', 'origin', 'HEAD:main');

  /** Pushes commits, which must be refused, and takes them back. */
  async function refused(words: RegExp, ...commits: readonly Files[]): Promise<void> {
    for (const files of commits) await commit(files);
    await expect(push()).rejects.toThrow(words);
    await git(person, 'reset', '--quiet', '--hard', 'origin/main');
  }
  async function taken(...commits: readonly Files[]): Promise<void> {
    for (const files of commits) await commit(files);
    await push();
  }
  const config = (required: Requirements, at: number, ...by: Parameters<typeof configText>[3][]) => ({
    [CONFIG_PATH]: configText(SWARM, required, at, ...by),
  });

  it('stay when who writes as people replaces them with what is unsigned, of a stranger, of another swarm, older, or nothing', async () => {
    const required: Requirements = { protocol: 1, minVersion: '0.1.0' };
    const weaker: Requirements = { protocol: 1 };
    const old = config(weaker, now - 60, anna);
    await taken(config(weaker, now));
    await taken(old);
    await taken(config(required, now, anna));
    await refused(/not signed by an operator/, config(weaker, now + 5));
    await refused(/not signed by an operator/, config(required, now + 5));
    await refused(/not signed by an operator/, config(weaker, now + 5, mallory));
    const elsewhere = configText(swarmId({ ...deployment, chainId: 8453 }), weaker, now + 5, anna);
    await refused(/not signed by an operator/, { [CONFIG_PATH]: elsewhere });
    await refused(/not signed by an operator/, { [CONFIG_PATH]: '# A page for people\n' });
    await refused(/not signed by an operator/, { [CONFIG_PATH]: undefined });
    await refused(/not signed by an operator/, config(weaker, systemClock() + 86_400, anna));
    await refused(/older/, old);
    await refused(/same second/, config(weaker, now, ben));
    await refused(/not signed by an operator/, { [CONFIG_PATH]: undefined, 'shared/config-old.md': '# Moved\n' });
    await refused(/not signed by an operator|one on macOS|not a valid path/, {
      [CONFIG_PATH]: undefined,
      'shared/Config.md': '# In other letters\n',
    });
    // In the middle of a push, too: who reads only the head would never know.
    await refused(/not signed by an operator/, { [CONFIG_PATH]: undefined }, config(required, now, anna));
    await refused(/older/, old, config(required, now + 5, anna));
    // Between orders of one push.
    await refused(/older/, config(required, now + 8, anna), config(required, now + 6, ben));
    await taken(config(weaker, now + 5, ben));
  });

  it('stay beside what people write in the page, with line ends of Windows, and take a second signature but lose none', async () => {
    const order: QuarantineOrder = {
      agent: 'kk-bad',
      state: 'quarantined',
      until: now + QUARANTINE_SECONDS,
      reason: 'it lies',
    };
    const one = quarantineText(SWARM, order, now, anna);
    const both = quarantineText(SWARM, order, now, anna, ben);
    await taken({ [AT]: one });
    await taken({ [AT]: `${one}\nA person’s words.\n` });
    await taken({ [AT]: one.replaceAll('\n', '\r\n') });
    await taken({ [AT]: both });
    await refused(/lacks a signature/, { [AT]: one });
    await refused(/lacks a signature/, { [AT]: quarantineText(SWARM, order, now, ben) });
    await refused(/not signed by an operator/, { [AT]: undefined });
    await refused(/not signed by an operator/, { [AT]: one.replace('it lies', 'it told the truth') });
    const release: QuarantineOrder = { ...order, state: 'released', until: now + 1 };
    await refused(/not signed by an operator/, { [AT]: quarantineText(SWARM, release, now + 1, mallory) });
    // One that an agent's own name stands in, at another's path, is no order about the other.
    const other = quarantinePath('kk-other');
    await taken({ [other]: both });
    await taken({ [other]: undefined });
    await taken({ [AT]: quarantineText(SWARM, release, now + 1, anna) });
    // The release stays: without it, whoever starts anew would obey the quarantine that lasts if it is put back.
    await refused(/older/, { [AT]: both });
    await refused(/not signed by an operator/, { [AT]: undefined });
  });

  it('come a few at a time, since every host verifies each version', async () => {
    const texts = Array.from({ length: 101 }, (_, index) => `# Page ${index}\n`);
    await refused(/more than 100 changes of shared/, ...texts.map((text) => ({ [quarantinePath('kk-odd')]: text })));
    await taken({ 'people/bob.md': 'an honest page' });
  });
});
