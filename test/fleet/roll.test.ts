import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOST_NEEDS } from '../support/fleet-hosts.ts';
import { AGENTS, createFleetWorld, type FleetWorld } from '../support/fleet-world.ts';
import { MISSING_MOTO } from '../support/moto.ts';

const missing = [...HOST_NEEDS, MISSING_MOTO].filter((one) => one !== '');
const without = missing.length > 0 ? ` (skipped without ${missing.join(', ')})` : '';
/** Every look at a machine is a run of its programs, and machines are busy. */
const PATIENCE_MS = 600_000;
/** In the order in which a roll takes them: the first is the canary. */
const [CANARY, SECOND, THIRD, LAST] = AGENTS;
const EXPIRED = { name: 'ExpiredTokenException', message: 'The security token included in the request is expired' };

describe.skipIf(missing.length > 0)(`rolling an image through a fleet${without}`, { timeout: PATIENCE_MS }, () => {
  let world: FleetWorld;
  let state: string;
  beforeAll(async () => {
    world = await createFleetWorld('333333333333');
    state = join(world.dir, 'state');
  }, PATIENCE_MS);
  afterAll(() => world?.close());
  beforeEach(async () => {
    world.moto.refuse = () => undefined;
    world.makeSick();
    await rm(state, { recursive: true, force: true });
    await world.reset();
    world.moto.calls.length = 0;
  }, PATIENCE_MS);

  const words = (...more: readonly string[]): readonly string[] => [
    ...['deploy', '--agents', world.agents, '--state', state, '--inventory', world.inventory],
    ...['--yes', '--batch', '1', '--poll-seconds', '1', ...more],
  ];
  const deploy = (...more: readonly string[]) => world.ops(...words(...more));
  const images = () => AGENTS.map((agent) => world.hosts.container(agent)?.image);
  const parameters = () => Promise.all(AGENTS.map((agent) => world.parameter(agent)));
  /** What each agent runs and shall run, as tags. */
  const tags = async () => {
    const tagOf = new Map(['1.0.0', '1.1.0', '1.2.0'].map((tag) => [world.image(tag), tag]));
    const [asked, running] = [await parameters(), images()];
    return AGENTS.map((_, i) => {
      const [wanted, run] = [tagOf.get(asked[i] ?? ''), tagOf.get(running[i] ?? '')];
      return wanted === run ? wanted : `${run}, asked for ${wanted}`;
    });
  };
  /** Lets AWS refuse everything from the moment that an agent was told to look for its new image. */
  const expireAfterSync = (agent: string) => {
    let isExpired = false;
    world.moto.refuse = (action, body) => {
      if (isExpired) return EXPIRED;
      isExpired = action === 'SendCommand' && body.includes('"sync"') && body.includes(agent);
      return undefined;
    };
  };

  it('refuses an image that is not there, or not clear, before it changes anything', async () => {
    const absent = await deploy('--image', '9.9.9');
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('fleet/no-image')]);
    expect(absent.stderr).toMatch(/there are .*1\.2\.0/);
    const odd = await deploy('--image', '../../etc/passwd');
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('neither a tag nor a digest')]);
    const nobody = await deploy('kk-nobody', '--image', '1.1.0');
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('kk-nobody')]);
    const none = await deploy('--resume');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('fleet/no-roll')]);
    expect(world.moto.calls).not.toContain('PutParameter');
    expect(existsSync(join(state, 'roll-karmakadabra.json'))).toBe(false);
  });

  it('shows the plan, rolls the canary first and then the others, and has nothing to do the second time', async () => {
    const hub = world.hosts.container('hub');
    const dry = await deploy('--image', '1.1.0', '--dry-run');
    expect(dry.code, dry.stdout + dry.stderr).toBe(0);
    expect(dry.stdout).toMatch(new RegExp(`canary[^\\n]*${CANARY}`));
    expect(world.moto.calls).not.toContain('PutParameter');

    const rolled = await deploy('--image', '1.1.0');
    expect(rolled.code, rolled.stdout + rolled.stderr).toBe(0);
    expect(await tags()).toEqual(['1.1.0', '1.1.0', '1.1.0', '1.1.0']);
    expect(rolled.stdout).toContain('set images.agent in infra/fleet.yaml');
    const order = [...rolled.stdout.matchAll(/and are healthy: (\S+)/g)].map(([, agent]) => agent);
    expect(order).toEqual([...AGENTS]);
    expect(world.hosts.container('hub')).toEqual(hub);

    const starts = AGENTS.map((agent) => world.hosts.container(agent)?.startedAt);
    const again = await deploy('--image', '1.1.0');
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
    expect(AGENTS.map((agent) => world.hosts.container(agent)?.startedAt)).toEqual(starts);
  });

  it('goes back when one does not get well, and leaves those alone that it had not come to', async () => {
    const untouched = world.hosts.container(LAST);
    world.makeHopeless(THIRD, '1.1.0');
    const run = await deploy('--image', '1.1.0');
    expect(run.code, run.stdout + run.stderr).toBe(1);
    expect(run.stdout).toContain(`${THIRD} does not become healthy`);
    expect(run.stdout).toContain('3 are back on their old image');
    expect(run.stdout).toContain(`1 were not touched (${LAST})`);
    expect(await tags()).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0']);
    expect(world.hosts.container(LAST)).toEqual(untouched);
  });

  it('stops at the canary when that does not get well, however many the batches after it have', async () => {
    world.makeHopeless(CANARY, '1.2.0');
    const others = [SECOND, THIRD, LAST].map((agent) => world.hosts.container(agent));
    const run = await deploy('--image', '1.2.0', '--batch', '4', '--json');
    expect(run.code, run.stdout + run.stderr).toBe(1);
    const { items } = JSON.parse(run.stdout) as { items: { unit: string; state: string }[] };
    expect(items.map(({ unit, state }) => `${unit} ${state}`)).toEqual([
      `${CANARY} back`,
      ...[SECOND, THIRD, LAST].map((agent) => `${agent} waiting`),
    ]);
    expect([SECOND, THIRD, LAST].map((agent) => world.hosts.container(agent))).toEqual(others);
  });

  it('explains what is half done when credentials expire in mid-roll, and goes on with new ones', async () => {
    expireAfterSync(SECOND);
    const broken = await deploy('--image', '1.1.0');
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('aws/credentials-refused')]);
    expect(broken.stderr).toContain(`1 run`);
    expect(broken.stderr).toMatch(new RegExp(`1 may run either[^;]*\\(${SECOND}\\)`));
    expect(broken.stderr).toContain(`2 were not touched (${THIRD}, ${LAST})`);
    expect(broken.stderr).toContain('deploy --resume');
    world.moto.refuse = () => undefined;

    const other = await deploy('--image', '1.2.0');
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('fleet/roll-unfinished')]);
    const resumed = await deploy('--resume');
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(await tags()).toEqual(['1.1.0', '1.1.0', '1.1.0', '1.1.0']);
  });

  it('stops at Ctrl-C with what is half done, and undoes it when asked', async () => {
    const { child, ended } = world.begin(...words('--image', '1.2.0'));
    await expect
      .poll(() => world.parameter(SECOND), { timeout: PATIENCE_MS / 2, interval: 20 })
      .toBe(world.image('1.2.0'));
    child.kill('SIGINT');
    const stopped = await ended;
    expect([stopped.code, stopped.stderr]).toEqual([1, expect.stringContaining('fleet/roll-interrupted')]);
    expect(stopped.stderr).toContain('The roll is not over');

    const back = await deploy('--back');
    expect(back.code, back.stdout + back.stderr).toBe(0);
    expect(await tags()).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0']);
  });

  it('goes on after kill -9 where it stopped, and can still be undone when it is over', async () => {
    const { child, ended } = world.begin(...words('--image', '1.2.0'));
    await expect
      .poll(() => world.parameter(SECOND), { timeout: PATIENCE_MS / 2, interval: 20 })
      .toBe(world.image('1.2.0'));
    child.kill('SIGKILL');
    await ended;
    const canary = world.hosts.container(CANARY);
    const resumed = await deploy('--resume');
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(await tags()).toEqual(['1.2.0', '1.2.0', '1.2.0', '1.2.0']);
    expect(world.hosts.container(CANARY), 'what was done is not done again').toEqual(canary);

    const back = await deploy('--back', '--batch', '4');
    expect(back.code, back.stdout + back.stderr).toBe(0);
    expect(await tags()).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0']);
  });

  it('rolls the hub when it is asked for the hub, and no agent', async () => {
    const [old, agents] = [world.hosts.container('hub')?.image, images()];
    const rolled = await deploy('--hub', '--image', '1.1.0');
    expect(rolled.code, rolled.stdout + rolled.stderr).toBe(0);
    expect(rolled.stdout).toMatch(/and are healthy: hub$/m);
    expect(rolled.stdout).toContain('set images.hub in infra/fleet.yaml');
    expect(world.hosts.container('hub')?.image).toContain('karmakadabra/hub@sha256:');
    expect(world.hosts.container('hub')?.image).not.toBe(old);
    expect(images()).toEqual(agents);
    const back = await deploy('--back');
    expect([back.code, world.hosts.container('hub')?.image]).toEqual([0, old]);
  });

  it('leaves an image alone that somebody else has changed meanwhile', async () => {
    expireAfterSync(CANARY);
    await deploy('--image', '1.1.0');
    world.moto.refuse = () => undefined;
    const record = readFileSync(join(state, 'roll-karmakadabra.json'), 'utf8');
    const other = join(world.dir, 'other-state');
    const theirs = await deploy(SECOND, '--image', '1.2.0', '--state', other);
    expect(theirs.code, theirs.stdout + theirs.stderr).toBe(0);

    const clash = await deploy('--resume');
    expect([clash.code, clash.stderr]).toEqual([1, expect.stringContaining('fleet/roll-clash')]);
    expect(clash.stderr).toContain(SECOND);
    expect((await tags())[1]).toBe('1.2.0');
    expect(JSON.parse(record)).toMatchObject({ phase: 'forward', image: world.image('1.1.0') });
    const forgotten = await deploy('--forget');
    expect([forgotten.code, forgotten.stdout]).toEqual([0, expect.stringContaining('Forgotten')]);
  });
});
