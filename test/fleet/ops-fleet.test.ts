import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/files/project.ts';
import { HOST_NEEDS } from '../support/fleet-hosts.ts';
import { AGENTS, createFleetWorld, type FleetWorld } from '../support/fleet-world.ts';
import { MISSING_MOTO } from '../support/moto.ts';
import { swarmOps } from '../support/swarm-ops.ts';

const missing = [...HOST_NEEDS, MISSING_MOTO].filter((one) => one !== '');
const without = missing.length > 0 ? ` (skipped without ${missing.join(', ')})` : '';
/** Every answer of a machine is a run of its programs, and machines are busy. */
const PATIENCE_MS = 600_000;

interface Report {
  readonly unit: string;
  readonly findings: readonly { readonly status: string; readonly detail: string }[];
}

describe.skipIf(missing.length > 0)(`the operator's view of a fleet${without}`, () => {
  let world: FleetWorld;
  beforeAll(async () => {
    world = await createFleetWorld('444444444444');
  }, PATIENCE_MS);
  afterAll(() => world?.close());

  const fleet = (...more: readonly string[]) =>
    world.ops('fleet', '--agents', world.agents, '--state', join(world.dir, 'state'), ...more);
  const findings = (stdout: string) =>
    (JSON.parse(stdout) as { items: Report[] }).items.flatMap(({ unit, findings }) =>
      findings.map(({ status, detail }) => `${unit}: ${status}: ${detail}`),
    );

  it('finds the fleet by its inventory and through AWS alone, and all as it should be', {
    timeout: PATIENCE_MS,
  }, async () => {
    const listed = await fleet('--inventory', world.inventory);
    expect(listed.code, listed.stdout + listed.stderr).toBe(0);
    expect(listed.stdout).toContain('All as it should be');
    const discovered = await fleet('--stack', 'karmakadabra', '--json');
    expect(discovered.code, discovered.stdout + discovered.stderr).toBe(0);
    const { items } = JSON.parse(discovered.stdout) as { items: Report[] };
    expect(items.map(({ unit }) => unit).sort()).toEqual(['hub', ...AGENTS].sort());
  });

  it('names what is missing, what is too many, what is stopped and what is not well', {
    timeout: PATIENCE_MS,
  }, async () => {
    await rm(join(world.agents, 'kk-0xyuls'), { recursive: true });
    await cp(projectPath('agents/kk-eljuyan'), join(world.agents, 'kk-eljuyan'), { recursive: true });
    world.makeSick('kk-validator');
    const drifted = await fleet('--inventory', world.inventory, '--json');
    expect(drifted.code).toBe(1);
    expect(findings(drifted.stdout)).toEqual(
      [
        'kk-0xyuls: degraded: it has no manifest any more',
        expect.stringContaining('kk-validator: degraded: not healthy'),
        'kk-eljuyan: degraded: it has a manifest and is not deployed',
      ].sort((a, b) => Number(String(a).includes('eljuyan')) - Number(String(b).includes('eljuyan'))),
    );

    const stopped = { InstanceIds: [world.instances.get('kk-stovedove') ?? ''] };
    await world.ec2.send(new StopInstancesCommand(stopped));
    const lost = await fleet('--inventory', world.inventory, '--json');
    await world.ec2.send(new StartInstancesCommand(stopped));
    world.makeSick();
    expect(lost.code).toBe(3);
    expect(findings(lost.stdout)).toContain('kk-stovedove: unreachable: its machine is stopped');
  });

  it('restarts what is named, and waits until it is well', { timeout: PATIENCE_MS }, async () => {
    const [before, hub] = [world.hosts.container('kk-validator'), world.hosts.container('hub')];
    const run = await world.ops('restart', 'kk-validator', '--inventory', world.inventory, '--poll-seconds', '1');
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(world.hosts.container('kk-validator')?.image).toBe(before?.image);
    expect(world.hosts.container('kk-validator')?.startedAt).not.toBe(before?.startedAt);
    expect(world.hosts.container('hub')).toEqual(hub);

    world.makeHopeless('kk-validator', '1.0.0');
    const sick = await world.ops(
      ...['restart', 'kk-validator', 'kk-coordinator', '--inventory', world.inventory],
      ...['--batch', '1', '--poll-seconds', '1', '--json'],
    );
    world.makeSick();
    expect(sick.code).toBe(1);
    const { items } = JSON.parse(sick.stdout) as { items: { unit: string; result: string }[] };
    expect(items.map(({ unit, result }) => `${unit} ${result}`)).toEqual([
      'kk-validator not well',
      'kk-coordinator not restarted',
    ]);
  });

  it('shows logs merged by time, harmless to the terminal, and follows them', { timeout: PATIENCE_MS }, async () => {
    const place = { region: 'us-east-1', endpoint: world.moto.direct };
    const client = new CloudWatchLogsClient({ ...place, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
    const now = Date.now();
    const log = async (unit: string, lines: readonly (readonly [number, string])[]) => {
      const where = { logGroupName: `/karmakadabra/units/${unit}`, logStreamName: unit };
      await client.send(new CreateLogGroupCommand(where)).catch(() => undefined);
      await client.send(new CreateLogStreamCommand(where)).catch(() => undefined);
      const logEvents = lines.map(([agoMs, message]) => ({ timestamp: now - agoMs, message }));
      await client.send(new PutLogEventsCommand({ ...where, logEvents }));
    };
    await log('kk-validator', [
      [50_000, 'one'],
      [30_000, 'three \u001b[2J\u001b]0;owned\u0007 end'],
    ]);
    await log('kk-coordinator', [
      [40_000, 'two'],
      [20_000, 'Four'],
    ]);
    const shown = await world.ops('logs', '--inventory', world.inventory, '--since', '10m');
    expect(shown.code, shown.stderr).toBe(0);
    expect(
      shown.stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/^\S+ \S+ /, '').replace(/ +/g, ' ')),
    ).toEqual(['kk-validator one', 'kk-coordinator two', 'kk-validator three end', 'kk-coordinator Four']);
    const found = await world.ops('logs', 'kk-coordinator', '--inventory', world.inventory, '--grep', 'four', '--json');
    expect(
      found.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { text: string }).text),
    ).toEqual(['Four']);

    const { child, ended } = world.begin('logs', '--follow', '--inventory', world.inventory, '--poll-seconds', '1');
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
    });
    await expect.poll(() => seen, { timeout: PATIENCE_MS / 2 }).toContain('Four');
    await log('kk-validator', [[0, 'five']]);
    await expect.poll(() => seen, { timeout: PATIENCE_MS / 2 }).toContain('five');
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    for (const word of ['one', 'two', 'end', 'Four', 'five']) expect(seen.split(word)).toHaveLength(2);
    client.destroy();
  });

  it('says what is wrong with credentials, regions and names', { timeout: PATIENCE_MS }, async () => {
    const stack = ['--stack', 'karmakadabra', '--endpoint', world.moto.endpoint];
    const absent = await swarmOps(['fleet', ...stack, '--region', 'us-east-1']);
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('aws/no-credentials')]);
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
    const nowhere = await swarmOps(['fleet', ...stack], { env });
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('aws/no-region')]);
    const other = await world.ops('fleet', '--stack', 'other');
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('fleet/not-deployed')]);
    world.moto.refuse = () => ({ name: 'ExpiredTokenException', message: 'The security token is expired' });
    const expired = await world.ops('logs', '--inventory', world.inventory);
    world.moto.refuse = () => undefined;
    expect([expired.code, expired.stderr]).toEqual([1, expect.stringContaining('aws/credentials-refused')]);
    const nobody = await world.ops('restart', '--inventory', world.inventory);
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('--all')]);
  });
});
