import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUARANTINE_SECONDS, type QuarantineOrder, quarantinePath } from '../../lib/core/quarantine.ts';
import { swarmId } from '../../lib/core/signed-note.ts';
import { systemClock } from '../../lib/core/time.ts';
import { hubRemote } from '../../lib/vault/hub-remote.ts';
import { freePort } from '../support/free-port.ts';
import { git, gitWith } from '../support/git.ts';
import type { HonestBeat, HonestWorld } from '../support/honest-agents.ts';
import { anAccount, cloneAs, gitIdentity, passwordOf } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';
import { type Change, MADE, makeCommits, many } from '../support/made-commits.ts';
import { operator, quarantineText } from '../support/operators.ts';
import { makeSwarmBox, type SwarmBox } from '../support/swarm.ts';
import { until } from '../support/vault.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const HONEST = Array.from({ length: 12 }, (_, index) => `kk-honest${index}`);
const [ALONE = '', ...OTHERS] = HONEST;
const [ATTACKER, PERSON] = ['kk-mallory', 'ana'];
const ATTACK_MS = 60_000;
/** In a fleet an agent beats every five minutes; 12 at this rate are as many pushes as of 180 agents. */
const BEAT_MS = 20_000;
/** What an attack may cost an honest process. */
const MAX_GROWTH_MIB = 150;
const MIB = 2 ** 20;
/** How long a wait for beats of all may take, in ms: each may have to wait for its turn to push. */
const SLOW_MS = 600_000;
/** Another push was sooner. */
const RACED = /fetch first|cannot lock ref|non-fast-forward|main has moved on/;
/** What the hub says to each push that harms. */
const REFUSED: Readonly<Record<string, string>> = {
  'one page under 4,000 names': 'bytes of pages at once',
  'maps of YAML': 'front matter in free-form YAML',
  'another’s folder in capitals': 'is not a valid path',
  'a plugin': 'is what Obsidian runs',
  'an embed': 'notes of agents hold text only',
};
const SERVICES = ['git-receive-pack', 'git-upload-pack'];
const deployment = { chainId: 31337, escrow: `0x${'e'.repeat(40)}` as const };
const SWARM = swarmId(deployment);
const anna = operator('anna');

suite(`a minute in which one account does all that it can${why}`, () => {
  let box: SwarmBox;
  let hub = { url: '', caFile: '', ca: '', port: 0, pid: 0 };
  const beats = new Map<string, HonestBeat[]>();
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    box = await makeSwarmBox();
    hub = await startHub();
    for (const [folder, names] of [
      ['alone', [ALONE]],
      ['others', OTHERS],
    ] as const) {
      await startHonest(join(box.root, folder), names);
    }
  });
  afterAll(async () => {
    for (const child of children) child.kill();
    await box?.cleanUp();
  });

  async function startHub() {
    const secret = join(box.root, 'hub-secret.json');
    const caFile = join(box.root, 'ca.pem');
    const agents = await Promise.all([...HONEST, ATTACKER].map((name) => anAccount(name)));
    const accounts = [...agents, await anAccount(PERSON, 'person')];
    await writeFile(secret, JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts }));
    const port = await freePort();
    const { pid } = box.start(process.execPath, [box.program, 'hub'], {
      KK_HUB_HOST: '127.0.0.1',
      KK_GIT_PORT: String(port),
      KK_IRC_PORT: String(await freePort()),
      KK_STATE: join(box.root, 'hub'),
      KK_SECRET_FILE: secret,
      KK_CA_FILE: caFile,
      KK_OPERATOR_KEYS: anna.line,
      KK_CHAIN: String(deployment.chainId),
      KK_ESCROW: deployment.escrow,
    });
    const found = { url: `https://localhost:${port}/vault.git`, caFile, ca: '', port, pid };
    await until('the hub answers', async () => {
      found.ca = await readFile(caFile, 'utf8').catch(() => '');
      return (
        found.ca !== '' &&
        (await health(found).then(
          () => true,
          () => false,
        ))
      );
    });
    return found;
  }

  async function startHonest(folder: string, names: readonly string[]): Promise<void> {
    await mkdir(folder, { recursive: true });
    const world: HonestWorld = {
      folder,
      remoteUrl: hub.url,
      caFile: hub.caFile,
      everyMs: BEAT_MS,
      names,
      other: ATTACKER,
      operatorKeys: anna.line,
      deployment,
    };
    const script = 'test/support/honest-agents.ts';
    const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(world)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const beat: HonestBeat = JSON.parse(line);
      beats.set(beat.name, [...(beats.get(beat.name) ?? []), beat]);
    });
  }

  const countOf = (name: string): number => beats.get(name)?.length ?? 0;
  const lastOf = (name: string): HonestBeat | undefined => beats.get(name)?.at(-1);

  /** Waits until each honest agent has landed some more beats. */
  async function moreBeats(count: number): Promise<void> {
    const from = new Map(HONEST.map((name) => [name, countOf(name)]));
    const all = () => HONEST.every((name) => countOf(name) >= (from.get(name) ?? 0) + count);
    await until(`${count} beats of all`, all, SLOW_MS);
  }

  async function health(of = hub): Promise<{ readonly accounts: readonly { readonly account: string }[] }> {
    return new Promise((resolve, reject) => {
      request({ host: 'localhost', port: of.port, path: '/healthz', ca: of.ca, agent: false }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => resolve(JSON.parse(text)));
      })
        .on('error', reject)
        .end();
    });
  }

  /** Pushes commits on the hub's newest head; gives what is said to the pusher. */
  async function push(account: string, clone: string, author: string, ...changes: readonly Change[]): Promise<string> {
    const as = gitIdentity(hub, account);
    try {
      await gitWith(as, clone, 'fetch', '--quiet', 'origin');
      await makeCommits(clone, await git(clone, 'rev-parse', 'origin/main'), author, changes);
      await gitWith(as, clone, 'push', '--quiet', 'origin', `${MADE}:main`);
      return 'landed';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Pushes until it is this account's turn among so many. */
  async function land(account: string, clone: string, author: string, change: Change): Promise<void> {
    let said = '';
    await until(
      `a push of ${account} lands: ${said}`,
      async () => {
        said = await push(account, clone, author, change);
        return said === 'landed';
      },
      SLOW_MS,
    );
  }

  /** Does all at once until the time is over, from one account. */
  async function attack(clone: string, endMs: number): Promise<ReadonlyMap<string, string>> {
    const isOver = () => performance.now() > endMs;
    const basic = (account: string, password: string) =>
      `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
    const own = basic(ATTACKER, passwordOf(ATTACKER));
    const page = 'x'.repeat(255 * 1024);
    const mine = (name: string) => `agents/${ATTACKER}/${name}`;
    const map = `---\n{${'a,'.repeat(8000)}b}\n---\n`;
    const floods: Readonly<Record<string, () => Change>> = {
      'one page under 4,000 names': () => many(4000, (index) => mine(`notes/${index}.md`), page),
      'pages within its bounds': () => many(200, (index) => mine(`pages/${index}.md`), `${Math.random()}${page}`),
      'maps of YAML': () => many(100, (index) => mine(`${index}.md`), `${map}${Math.random()}`),
      'short maps of YAML': () =>
        many(7, (index) => mine(`short-${index}.md`), `---\na: {${'b, '.repeat(1300)}c}\n---\n${Math.random()}`),
      'another’s folder in capitals': () => ({ [`agents/${ALONE.toUpperCase()}/state.md`]: 'x\n' }),
      'a plugin': () => ({ '.obsidian/plugins/evil/main.js': 'x\n' }),
      'an embed': () => ({ [mine('state.md')]: '![x](http://evil.example/x.png)\n' }),
      'a state': () => ({ [mine('state.md')]: `alive ${Math.random()}\n` }),
    };
    const said = new Map<string, string>();
    const over = new AbortController();
    const { takeTurn } = hubRemote({
      remoteUrl: hub.url,
      account: ATTACKER,
      password: passwordOf(ATTACKER),
      caFile: hub.caFile,
    });
    const flood = async () => {
      for (const [name, change] of Object.entries(floods)) {
        const turn = await takeTurn(over.signal);
        const answer = await push(ATTACKER, clone, ATTACKER, change());
        if (turn.result === 'turn') await turn.end();
        // One that lost the race for the branch was not judged.
        if (!RACED.test(answer)) said.set(name, said.get(name) ?? answer);
      }
    };
    const judged = async () => {
      const isLate = () => performance.now() > endMs + SLOW_MS;
      // Beyond the minute on a machine so busy that not all were judged in it.
      while (!isLate() && Object.keys(REFUSED).some((name) => !said.has(name))) await flood();
    };
    // Slow connections and bodies take the account's own place and quota, so the pushes are tried once before.
    const first = judged();
    const sockets: TLSSocket[] = [];
    const openSlowly = (service: string) => {
      const socket = connect({ host: 'localhost', port: hub.port, ca: hub.ca });
      socket.on('error', () => undefined);
      socket.write(
        `POST /vault.git/${service} HTTP/1.1\r\nHost: hub\r\nAuthorization: ${own}\r\nContent-Type: application/x-${service}-request\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      sockets.push(socket);
    };
    const post = (service: string, body: Buffer, authorization: string) =>
      new Promise<void>((resolve) => {
        const headers = { authorization, 'content-type': `application/x-${service}-request` };
        const to = { host: 'localhost', port: hub.port, path: `/vault.git/${service}`, ca: hub.ca, agent: false };
        const asked = request({ ...to, method: 'POST', headers }, (response) => void response.resume());
        asked.on('close', resolve).on('error', () => resolve());
        asked.end(body);
      });
    const again = async (pauseMs: number, work: () => Promise<unknown>) => {
      while (!isOver()) {
        await work();
        await delay(pauseMs);
      }
    };
    await Promise.all([
      first.then(() => again(0, flood)),
      first.then(() => {
        for (let count = 0; count < 6; count++) for (const service of SERVICES) openSlowly(service);
      }),
      again(500, async () => {
        for (const socket of sockets) if (socket.writable) socket.write('1\r\nx\r\n');
      }),
      first.then(() => again(100, () => post('git-receive-pack', randomBytes(3.9 * MIB), own))),
      again(100, () => post('git-upload-pack', Buffer.alloc(3.9 * MIB), own)),
      again(500, () => post('git-upload-pack', Buffer.alloc(10), basic(ALONE, `guess ${Math.random()}`))),
    ]);
    over.abort();
    for (const socket of sockets) socket.destroy();
    return said;
  }

  it('costs the others little, is seen in the hub’s health, and ends with its quarantine', {
    timeout: 2_400_000,
  }, async () => {
    const clone = await cloneAs(hub, box.root, ATTACKER);
    const person = await cloneAs(hub, box.root, PERSON);
    await land(ATTACKER, clone, ATTACKER, { [`agents/${ATTACKER}/state.md`]: 'alive\n' });
    await moreBeats(1);
    const memoryOf = async () => [lastOf(ALONE)?.rssMiB ?? 0, await residentMib(hub.pid)];
    const [aloneBefore = 0, hubBefore = 0] = await memoryOf();
    const othersBefore = lastOf(OTHERS[0] ?? '')?.rssMiB ?? 0;
    const firstBeats = new Map(HONEST.map((name) => [name, countOf(name)]));

    const began = performance.now();
    const said = await attack(clone, began + ATTACK_MS);
    const elapsedMs = performance.now() - began;
    const during = HONEST.flatMap((name) => beats.get(name)?.slice(firstBeats.get(name)) ?? []);
    const [aloneAfter = 0, hubAfter = 0] = await memoryOf();
    const othersAfter = lastOf(OTHERS[0] ?? '')?.rssMiB ?? 0;
    const landed = during.map(({ landedMs }) => landedMs).sort((a, b) => a - b);
    const figures = {
      elapsedMs: Math.round(elapsedMs),
      beats: during.length,
      medianLandedMs: landed[Math.floor(landed.length / 2)],
      longestLandedMs: landed.at(-1),
      aloneMiB: [aloneBefore, aloneAfter],
      othersMiB: [othersBefore, othersAfter],
      hubMiB: [hubBefore, hubAfter],
      said: Object.fromEntries([...said].map(([name, text]) => [name, text.replace(/\s+/g, ' ').slice(0, 300)])),
    };
    process.stdout.write(`${JSON.stringify(figures, undefined, 1)}\n`);

    // How late pushes land depends on the machine: it is printed above.
    for (const name of HONEST) expect(countOf(name) - (firstBeats.get(name) ?? 0), name).toBeGreaterThan(0);
    expect(aloneAfter - aloneBefore).toBeLessThan(MAX_GROWTH_MIB);
    expect(hubAfter - hubBefore).toBeLessThan(MAX_GROWTH_MIB);
    for (const [name, words] of Object.entries(REFUSED)) expect(said.get(name), name).toContain(words);
    expect((await health()).accounts.map(({ account }) => account)).toContain(ATTACKER);

    expect(HONEST.filter((name) => lastOf(name)?.seesOther !== true)).toEqual([]);
    const now = systemClock();
    const order: QuarantineOrder = {
      agent: ATTACKER,
      state: 'quarantined',
      until: now + QUARANTINE_SECONDS,
      reason: 'it attacks',
    };
    const at = quarantinePath(ATTACKER);
    await land(PERSON, person, 'people', { [at]: quarantineText(SWARM, order, now, anna) });
    await until('nobody reads it', () => HONEST.every((name) => lastOf(name)?.seesOther === false), SLOW_MS);
    const isRefused = /403/;
    expect(await push(ATTACKER, clone, ATTACKER, { [`agents/${ATTACKER}/state.md`]: 'again\n' })).toMatch(isRefused);
    await moreBeats(1);
    for (const name of HONEST) expect(lastOf(name)?.problems, name).toEqual(lastOf(ALONE)?.problems);

    const release: QuarantineOrder = { ...order, state: 'released', until: now + 1, reason: 'it is clean' };
    await land(PERSON, person, 'people', { [at]: quarantineText(SWARM, release, now + 1, anna) });
    await until('everybody reads it again', () => HONEST.every((name) => lastOf(name)?.seesOther === true), SLOW_MS);
    await gitWith(gitIdentity(hub, ATTACKER), clone, 'fetch', '--quiet', 'origin');
  });
});

/** The memory that a process has, in MiB (proc(5), VmRSS). */
async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
