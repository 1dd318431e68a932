import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { startAnvil } from '../../../lib/local/evm.ts';
import { createChainClient } from '../../../lib/market/chain/chain-client.ts';
import { createTransactionSender } from '../../../lib/market/chain/transaction-sender.ts';
import { deployMarket } from '../../../lib/market/escrow/deploy-test-market.ts';
import { testAccount, testAddresses } from '../../support/test-accounts.ts';
import { MIRROR_HOST } from './debian-root.ts';
import { createFront, type Upstream } from './front.ts';
import { answerMetadata, instanceSchema } from './metadata.ts';
import { CLOUD } from './network.ts';

/** What the program of the cloud is told in its one argument, a file. */
const cloudSchema = z.strictObject({
  folder: z.string(),
  certificate: z.string(),
  key: z.string(),
  instances: z.array(instanceSchema),
  chainId: z.number(),
  rpcHost: z.string(),
});

// The cloud of the boot test: a program of its own, because it lives in a network namespace of its own. It ends with its
// standard input. AWS is moto, the registry is Docker's, the chain anvil's, names are dnsmasq's; the metadata service and
// the TLS before all of them are this program's. There is no way from here to anything else but Debian's archive.
const MOTO_PORT = 5_555;
const REGISTRY_PORT = 5_000;

const spec = cloudSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const at = (name: string) => join(spec.folder, name);
const children = [
  start('moto_server', ['-H', '127.0.0.1', '-p', String(MOTO_PORT)]),
  startRegistry(),
  startNames([MIRROR_HOST, spec.rpcHost]),
];
const anvil = await startAnvil({
  stateFile: at('chain.json'),
  funded: testAddresses(10),
  chainId: spec.chainId,
  log: (line) => process.stderr.write(`${line}\n`),
});
const settings = { minRevealWindow: 20, minDisputeWindow: 10 };
const client = createChainClient(anvil.rpcUrl, spec.chainId);
const deployment = await deployMarket(client, createTransactionSender({ client, account: testAccount(0) }), settings);

const front = createFront(upstreamOf, at('requests.jsonl'));
const tls = { cert: readFileSync(spec.certificate), key: readFileSync(spec.key) };
await listen(createTlsServer(tls, front), { host: CLOUD.world, port: 443 });
await listen(createServer(front), { path: at('aws.sock') });
await listen(
  createServer((incoming, outgoing) => answerMetadata(spec.instances, incoming, outgoing)),
  { host: CLOUD.metadata, port: 80 },
);
process.stdout.write(`${JSON.stringify(deployment)}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await anvil.close();
for (const child of children) child.kill('SIGKILL');
process.exit(0);

function upstreamOf(host: string): Upstream {
  if (host === MIRROR_HOST) return { socketPath: at('mirror.sock') };
  if (host === spec.rpcHost) return { port: anvil.port, calledAs: '127.0.0.1' };
  return { port: host.includes('.dkr.ecr.') ? REGISTRY_PORT : MOTO_PORT };
}

async function listen(server: Server, where: { host: string; port: number } | { path: string }): Promise<void> {
  server.listen(where);
  await once(server, 'listening');
}

function startRegistry() {
  mkdirSync(at('registry'), { recursive: true });
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: at('registry') } },
    http: { addr: `127.0.0.1:${REGISTRY_PORT}` },
  };
  writeFileSync(at('registry.json'), JSON.stringify(config));
  return start('docker-registry', ['serve', at('registry.json')]);
}

function startNames(names: readonly string[]) {
  return start('dnsmasq', [
    ...['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--pid-file=', '--user=root'],
    ...['--bind-interfaces', `--listen-address=${CLOUD.dns}`, '--log-facility=-'],
    ...['amazonaws.com', ...names].map((name) => `--address=/${name}/${CLOUD.world}`),
  ]);
}

function start(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('exit', (code) => process.stderr.write(`${program} ended with ${code}\n`));
  return child;
}
