import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { synthesize } from '../../infra/synth.ts';
import type { FleetConfig } from '../../lib/core/fleet-config.ts';
import { asBuyers, findProgram, findProviderMirror } from './support.ts';

/** What a command said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and gives what it said, whatever its exit code. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Said> {
  return new Promise((resolve) => {
    execFile(program, [...args], { env, cwd, maxBuffer: 1 << 28, timeout: 600_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** What is missing for terraform to run offline, as text for people; empty when all is there. */
export function missingForTerraform(): string {
  const missing = [
    findProgram('terraform') === undefined && 'terraform',
    findProviderMirror() === undefined && 'a mirror with the AWS provider 5.100.0 (KK_TF_PLUGINS)',
  ];
  return missing.filter((one) => one !== false).join(', ');
}

/** The same for what runs against the AWS API on loopback. */
export function missingForMoto(): string {
  const moto = findProgram('moto_server') === undefined ? 'moto_server' : '';
  return [missingForTerraform(), moto].filter((one) => one !== '').join(', ');
}

/** A folder with terraform set up to find the provider on disk, and an AWS API on loopback if an address is given. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'kk-terraform-'));
  readonly env: NodeJS.ProcessEnv;

  constructor(endpoint?: string) {
    const rc = join(this.folder, 'terraform.rc');
    writeFileSync(
      rc,
      `provider_installation {\n  filesystem_mirror {\n    path = "${findProviderMirror() ?? ''}"\n  }\n}\n`,
    );
    const kept = Object.entries(process.env).filter(([key]) => !/^(AWS_|TF_)/.test(key));
    this.env = {
      ...Object.fromEntries(kept),
      TF_CLI_CONFIG_FILE: rc,
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(endpoint === undefined
        ? {}
        : {
            AWS_ENDPOINT_URL: endpoint,
            AWS_ACCESS_KEY_ID: 'test',
            AWS_SECRET_ACCESS_KEY: 'test',
            AWS_REGION: 'us-east-1',
          }),
    };
  }

  /** The folder of a stack; synthesizing again into the same name keeps terraform's own files. */
  synth(name: string, config: FleetConfig, agents: readonly string[]): string {
    const outdir = join(this.folder, name);
    mkdirSync(outdir, { recursive: true });
    synthesize(config, asBuyers(agents), outdir);
    const stack = join(outdir, 'stacks/fleet');
    // Loopback has no names for buckets, and moto forgets the groups of the one machine with an address of its own.
    const hub_instance = {
      lifecycle: {
        ignore_changes: ['ami', 'user_data_base64', 'tags["Boot"]', 'tags_all["Boot"]', 'vpc_security_group_ids'],
      },
    };
    const hub = config.images === 'pending' ? {} : { resource: { aws_instance: { hub_instance } } };
    const override = { provider: { aws: [{ s3_use_path_style: true }] }, ...hub };
    writeFileSync(join(stack, 'zz_override.tf.json'), JSON.stringify(override));
    return stack;
  }

  terraform(stack: string, ...args: readonly string[]): Promise<Said> {
    return run('terraform', [`-chdir=${stack}`, ...args, '-no-color'], this.env);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** moto's server: the AWS API on loopback. */
export interface Moto {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** Starts moto on a free port and waits, at most a minute, until it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', detached: true });
  const stop = async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer?.ok === true) return { endpoint, stop };
    if (Date.now() > deadline) {
      await stop();
      throw new Error('moto_server did not answer within a minute');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a call shows that is not signed: moto reads from it which service is meant, and checks no more. */
export function authorizationFor(service: string): string {
  const scope = `Credential=test/20260101/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`;
}

/** One call of an AWS service's query API. */
export async function callQuery(
  endpoint: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: authorizationFor(service) },
    body: new URLSearchParams(parameters),
  });
  return answer.text();
}

/** One call of a service's JSON API. */
export async function callJson(endpoint: string, service: string, target: string, body: unknown): Promise<unknown> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: authorizationFor(service),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    },
    body: JSON.stringify(body),
  });
  return answer.json();
}

const planSchema = z.looseObject({
  resource_changes: z
    .array(z.looseObject({ address: z.string(), change: z.looseObject({ actions: z.array(z.string()) }) }))
    .default([]),
});

/** What a plan would do: each resource it touches with the actions, reads and no-ops left out. */
export function changesOf(planJson: string): ReadonlyMap<string, string> {
  const { resource_changes } = planSchema.parse(JSON.parse(planJson));
  return new Map(
    resource_changes
      .map(({ address, change }) => [address, change.actions.join('+')] as const)
      .filter(([, actions]) => actions !== 'no-op' && actions !== 'read'),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const found = server.address();
  server.close();
  await once(server, 'close');
  if (found === null || typeof found === 'string') throw new Error('no free port');
  return found.port;
}
