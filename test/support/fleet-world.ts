import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTagsCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateDocumentCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { unitDocument } from '../../infra/unit-document.ts';
import type { UnitParameter } from '../../infra/unit-parameter.ts';
import { projectPath } from '../../lib/files/project.ts';
import type { Inventory } from '../../lib/fleet/fleet-inventory.ts';
import { HUB, type Names, namesOf } from '../../lib/fleet/fleet-names.ts';
import { FleetHosts } from './fleet-hosts.ts';
import { type Moto, startMoto } from './moto.ts';
import { shared } from './shared.ts';
import { type OpsRun, swarmOps } from './swarm-ops.ts';

const REGION = 'us-east-1';
const STACK = 'karmakadabra';
const QUICK_TIME = new URL('quick-time.js', import.meta.url);
/** Longer than any command of the fleet may wait for a unit. */
const AHEAD_MS = 4_000_000;
/** In the order in which a roll takes them. */
export const AGENTS = ['kk-stovedove', 'kk-0xyuls', 'kk-validator', 'kk-coordinator'] as const;
export const TAGS = ['1.0.0', '1.1.0', '1.2.0'] as const;
export const OPERATOR_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAOPERATOROPERATOR', AWS_SECRET_ACCESS_KEY: 'operator' };

/** A small deployed fleet in moto, its machines, and swarm-ops to run it with. */
export interface FleetWorld {
  readonly moto: Moto;
  readonly hosts: FleetHosts;
  readonly dir: string;
  readonly agents: string;
  readonly inventory: string;
  readonly instances: ReadonlyMap<string, string>;
  readonly ec2: EC2Client;
  /** The pinned reference of a tag of the agents' image. */
  readonly image: (tag: string) => string;
  /** What an agent's parameter says. */
  readonly parameter: (agent: string) => Promise<string>;
  readonly ops: (...args: readonly string[]) => Promise<OpsRun>;
  readonly begin: (...args: readonly string[]) => { readonly child: ChildProcess; readonly ended: Promise<OpsRun> };
  /** Lets a unit be unhealthy on a tag of its image; without, all are well. */
  readonly makeSick: (unit?: string, tag?: string) => void;
  /** The same, and whoever waits for it and is told so has then waited long enough. */
  readonly makeHopeless: (unit: string, tag: string) => void;
  /** Lets every agent run the first tag again, whatever a test left. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Deploys the fleet as infra/ would: machines with tags, parameters, registry, document; all run the first tag. The waits
 * of swarm-ops are short (quick-time.js).
 */
export async function createFleetWorld(account: string): Promise<FleetWorld> {
  const names = namesOf({ stack: STACK, accountId: account, region: REGION });
  const registry = `${account}.dkr.ecr.${REGION}.amazonaws.com`;
  const program = await shared('program');
  const moto = await startMoto(account);
  const dir = await mkdtemp(join(tmpdir(), 'kk-fleet-'));
  const place = {
    region: REGION,
    endpoint: moto.direct,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const [ssm, ec2, ecr] = [new SSMClient(place), new EC2Client(place), new ECRClient(place)];
  const agents = join(dir, 'agents');
  for (const name of AGENTS) await cp(projectPath(`agents/${name}`), join(agents, name), { recursive: true });
  const images = new Map<string, string>();
  for (const what of ['agent', 'hub'] as const) {
    const repositoryName = names.repository(what);
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    for (const imageTag of TAGS) {
      const imageManifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        // moto makes the digest from the layers', and without any from one number of a hundred.
        layers: [{ digest: `${what} ${imageTag}` }],
      });
      await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
      const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }));
      images.set(`${what}:${imageTag}`, `${registry}/${repositoryName}@${imageDetails?.[0]?.imageDigest}`);
    }
  }
  const put = (Name: string, Value: string) => ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  await put(names.hubCaParameter, '-----BEGIN CERTIFICATE-----');
  await ssm.send(
    new CreateDocumentCommand({
      Name: names.unitDocument,
      DocumentType: 'Command',
      Content: JSON.stringify(unitDocument),
    }),
  );
  const hosts = new FleetHosts(dir, moto, names);
  const instances = new Map<string, string>();
  for (const host of [HUB, ...AGENTS]) {
    const made = await ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-12c6146b', InstanceType: 't4g.micro', MinCount: 1, MaxCount: 1 }),
    );
    const instanceId = made.Instances?.[0]?.InstanceId ?? '';
    const tags = { Stack: STACK, Host: host, Boot: 'boot-1 ami-1' };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags }));
    instances.set(host, instanceId);
    const role = names.arn.role(names.unitRolePath, names.unitRole(host));
    const unit: UnitParameter = {
      role,
      logGroup: names.logGroup(host),
      command: [],
      memoryMb: 144,
      ports: [],
      data: '',
      env: { KK_AGENT: host },
    };
    await put(`${names.unitsPath(host)}/${host}`, JSON.stringify(unit));
    await put(`${names.imagesPath(host)}/${host}`, images.get(host === HUB ? 'hub:1.0.0' : 'agent:1.0.0') ?? '');
  }
  await Promise.all([...instances].map(([host, instanceId]) => hosts.boot(host, instanceId)));
  hosts.start();
  const inventory = join(dir, 'inventory.json');
  await writeFile(inventory, JSON.stringify(inventoryOf(names, instances, images)));

  const parameter = async (agent: string): Promise<string> => {
    const found = await ssm.send(new GetParameterCommand({ Name: `${names.imagesPath(agent)}/${agent}` }));
    return found.Parameter?.Value ?? '';
  };
  const place2 = ['--endpoint', moto.endpoint, '--region', REGION];
  const clock = join(dir, 'clock');
  const setClock = (aheadMs: number) => writeFileSync(clock, String(aheadMs));
  setClock(0);
  const env = { ...OPERATOR_CREDENTIALS, KK_TEST_CLOCK: clock, NODE_OPTIONS: `--import=${QUICK_TIME.href}` };
  return {
    moto,
    hosts,
    dir,
    agents,
    inventory,
    instances,
    ec2,
    image: (tag) => images.get(`agent:${tag}`) ?? '',
    parameter,
    makeSick: (unit, tag = '1.0.0') => hosts.makeSick(unit, images.get(`agent:${tag}`)),
    makeHopeless: (unit, tag) => {
      let aheadMs = 0;
      hosts.makeSick(unit, images.get(`agent:${tag}`), () => {
        aheadMs += AHEAD_MS;
        setClock(aheadMs);
      });
    },
    reset: async () => {
      const first = images.get('agent:1.0.0') ?? '';
      for (const agent of AGENTS) {
        if ((await parameter(agent)) === first && hosts.container(agent)?.image === first) continue;
        const Name = `${names.imagesPath(agent)}/${agent}`;
        await ssm.send(new PutParameterCommand({ Name, Value: first, Overwrite: true }));
        await hosts.sync(agent);
        await hosts.running(agent, first);
      }
    },
    ops: (...args) => swarmOps([...args, ...place2], { env }),
    begin: (...args) => {
      const child = spawn(process.execPath, [program, ...args, ...place2], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', ...env },
      });
      return { child, ended: endOf(child) };
    },
    close: async () => {
      await hosts.stop();
      for (const client of [ssm, ec2, ecr]) client.destroy();
      await moto.close();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function endOf(child: ChildProcess): Promise<OpsRun> {
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said, shown: '' };
}

function inventoryOf(
  names: Names,
  instances: ReadonlyMap<string, string>,
  images: ReadonlyMap<string, string>,
): Inventory {
  const registry = `${names.accountId}.dkr.ecr.${REGION}.amazonaws.com`;
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'FleetInventory',
    stack: STACK,
    accountId: names.accountId,
    region: REGION,
    placement: 'dedicated',
    deliveriesBucket: names.deliveries,
    corpusBucket: names.corpus,
    unitDocument: names.unitDocument,
    hubAddress: '10.42.0.10',
    repositories: { agent: `${registry}/${names.repository('agent')}`, hub: `${registry}/${names.repository('hub')}` },
    hosts: [...instances].map(([host, instanceId]) => ({
      host,
      instanceId,
      instanceType: 't4g.micro',
      privateIp: '10.42.16.1',
      boot: 'boot-1 ami-1',
    })),
    units: [...instances.keys()].map((unit) => ({
      unit,
      host: unit,
      role: names.arn.role(names.unitRolePath, names.unitRole(unit)),
      secret: names.arn.secrets(names.secret(unit)),
      logGroup: names.logGroup(unit),
      imageParameter: `${names.imagesPath(unit)}/${unit}`,
      image: images.get(unit === HUB ? 'hub:1.0.0' : 'agent:1.0.0') ?? '',
    })),
  };
}
