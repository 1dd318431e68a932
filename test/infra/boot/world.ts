import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { userData } from '../../../infra/user-data.ts';
import { address } from '../../../lib/core/ids.ts';
import { type FleetConfig, parseConfig } from '../../../lib/fleet/fleet-config.ts';
import { HUB, namesOf, PACK } from '../../../lib/fleet/fleet-names.ts';
import { fleetConfig, REPOSITORY } from '../support.ts';
import { makeCertificate } from './certificate.ts';
import { MIRROR_HOST } from './debian-root.ts';
import { type Seen, seenSchema } from './front.ts';
import { type Machine, startMachine } from './machine.ts';
import { createMirror } from './mirror.ts';
import { CLOUD, type CloudNetwork, createNetwork } from './network.ts';
import { type ImageSource, publishImages } from './publish-images.ts';

const deployment = z.strictObject({ token: address, escrow: address });

/** A cloud on this machine, and the machines of the fleet in it. */
export interface World {
  readonly folder: string;
  readonly config: FleetConfig;
  /** Where the cloud answers as AWS. */
  readonly aws: string;
  /** Makes a machine of the fleet and starts it. */
  readonly boot: (host: typeof HUB | typeof PACK) => Promise<Machine>;
  /** What came to the cloud so far. */
  readonly seen: () => readonly Seen[];
  readonly stop: () => Promise<void>;
}

/** Where machines are in the VPC, and what they are to the cloud. */
export const HOSTS = {
  [HUB]: {
    address: '10.42.0.10',
    via: CLOUD.gateway,
    instanceId: 'i-0000000000000000a',
    accessKeyId: 'ASIAHOSTOFTHEHUB0000',
  },
  [PACK]: {
    address: '10.42.16.20',
    via: '10.42.0.10',
    instanceId: 'i-0000000000000000b',
    accessKeyId: 'ASIAHOSTOFALLAGENTS0',
  },
} as const;

// What an image for EC2 says to cloud-init and a bare root doesn't. Debian's also has a locale.
const CLOUD_CONFIG = `datasource_list: [Ec2]
datasource: {Ec2: {strict_id: false, metadata_urls: ["http://${CLOUD.metadata}"]}}
network: {config: disabled}
locale: C.UTF-8
`;

/** Starts the cloud with the images in its registry; machines come with `boot`. */
export async function startWorld(source: ImageSource): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'kk-boot-'));
  const undo: (() => Promise<unknown> | unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.reverse()) await step();
    undo.length = 0;
  };
  try {
    const network = await createNetwork(`kk-${process.pid}`);
    undo.push(network.remove);
    const mirror = createMirror().listen(join(folder, 'mirror.sock'));
    undo.push(() => {
      mirror.closeAllConnections();
      mirror.close();
    });
    const before = fleetConfig({ machine: { image: 'ami-0123456789abcdef0', os: 'debian-12' }, placement: 'packed' });
    const rpcHost = new URL(before.chain.rpcUrl).hostname;
    const tls = await makeCertificate(folder, [
      ...['*.us-east-1.amazonaws.com', '*.s3.us-east-1.amazonaws.com', '*.dkr.ecr.us-east-1.amazonaws.com'],
      ...[MIRROR_HOST, rpcHost],
    ]);
    const digests = await publishImages(source, folder, join(folder, 'registry'), tls.authority);
    const images = { agent: `${REPOSITORY}/agent@${digests.agent}`, hub: `${REPOSITORY}/hub@${digests.hub}` };
    const spec = {
      folder,
      certificate: tls.certificate,
      key: tls.key,
      chainId: Number(before.chain.id.replace('eip155:', '')),
      rpcHost,
      instances: Object.entries(HOSTS).map(([host, { address: at, instanceId, accessKeyId }]) => ({
        ...{ address: at, instanceId, accessKeyId, hostname: `ip-${at.replaceAll('.', '-')}.ec2.internal` },
        role: namesOf(before).hostRole(host),
        userData: userData(before, namesOf(before), host).packed,
      })),
    };
    writeFileSync(join(folder, 'cloud.json'), JSON.stringify(spec));
    const { said } = await startCloud(network, folder, undo);
    const config = parseConfig(
      { ...before, images, chain: { ...before.chain, ...deployment.parse(said) } },
      'the test',
    );
    const boot = async (host: typeof HUB | typeof PACK): Promise<Machine> => {
      const { address: at, via } = HOSTS[host];
      const machine = await startMachine({
        name: host,
        folder: join(folder, host),
        network: await network.join(host, at, via),
        dataMb: host === HUB ? 512 : 0,
        files: {
          '/etc/resolv.conf': `nameserver ${CLOUD.dns}\n`,
          '/etc/cloud/cloud.cfg.d/90-ec2.cfg': CLOUD_CONFIG,
          // What died is started again at once: how long that waits is not what is shown.
          '/etc/systemd/system/kk-unit@.service.d/at-once.conf':
            '[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestartSec=2\n',
          '/usr/local/share/ca-certificates/cloud.crt': readFileSync(tls.authority, 'utf8'),
        },
      });
      undo.push(machine.stop);
      return machine;
    };
    return { folder, config, aws: join(folder, 'aws.sock'), boot, seen: () => readSeen(folder), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function startCloud(
  { cloud }: CloudNetwork,
  folder: string,
  undo: (() => Promise<unknown> | unknown)[],
): Promise<{ readonly said: unknown }> {
  const program = [process.execPath, '--import', 'tsx', 'test/infra/boot/cloud.ts', join(folder, 'cloud.json')];
  const child = spawn('ip', ['netns', 'exec', cloud, ...program], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr.pipe(createWriteStream(join(folder, 'cloud.log')));
  undo.push(() => endOf(child));
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then((): never => {
      throw new Error(`the cloud ended: ${readFileSync(join(folder, 'cloud.log'), 'utf8').slice(-2_000)}`);
    }),
  ]);
  return { said: JSON.parse(String(line)) };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

function readSeen(folder: string): readonly Seen[] {
  const lines = readFileSync(join(folder, 'requests.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => seenSchema.parse(JSON.parse(line)));
}
