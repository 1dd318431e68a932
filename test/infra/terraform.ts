import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { synthesize } from '../../infra/synth.ts';
import type { FleetConfig } from '../../lib/fleet/fleet-config.ts';
import { findProgram } from '../support/find-program.ts';
import { MISSING_MOTO } from '../support/moto.ts';
import { asBuyers, findProviderMirror, PROVIDER } from './support.ts';

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
  return [missingForTerraform(), MISSING_MOTO].filter((one) => one !== '').join(', ');
}

/**
 * A folder with terraform set up to find the provider on disk, and an AWS API on loopback if an address is given. The
 * provider is one process for all commands: started anew by each, it takes longer to begin than to work.
 */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'kk-terraform-'));
  readonly env: NodeJS.ProcessEnv;
  readonly #provider: ChildProcess;

  private constructor(endpoint: string | undefined) {
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
    const folder = join(findProviderMirror() ?? '', PROVIDER);
    const [platform = ''] = readdirSync(folder);
    const [program = ''] = readdirSync(join(folder, platform)).filter((name) => name.startsWith('terraform-provider-'));
    // It has no other way to learn that a run of tests was broken off.
    process.once('exit', () => this.#provider.kill('SIGKILL'));
    this.#provider = spawn(join(folder, platform, program), ['-debug'], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  static async start(endpoint?: string): Promise<Workbench> {
    const bench = new Workbench(endpoint);
    const { stdout } = bench.#provider;
    let said = '';
    // Left open: a provider that has more to say would die of a closed pipe.
    for await (const chunk of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      said += String(chunk);
      const found = /TF_REATTACH_PROVIDERS='([^']+)'/.exec(said)?.[1];
      if (found === undefined) continue;
      bench.env.TF_REATTACH_PROVIDERS = found;
      stdout?.resume();
      return bench;
    }
    throw new Error(`the AWS provider says nothing of where it listens: ${said}`);
  }

  /** The folder of a stack; synthesizing again into the same name keeps terraform's own files. */
  synth(name: string, config: FleetConfig, agents: readonly string[]): string {
    const stack = this.prepare(name, config);
    synthesize(config, asBuyers(agents), join(this.folder, name));
    return stack;
  }

  /**
   * The folder that a stack will be synthesized into, with what loopback needs beside it.
   * @param more Resources to override, as in Terraform's JSON.
   */
  prepare(name: string, config: FleetConfig, more: Readonly<Record<string, unknown>> = {}): string {
    const stack = join(this.folder, name, 'stacks/fleet');
    mkdirSync(stack, { recursive: true });
    // Loopback has no names for buckets, and moto forgets the groups of the one machine with an address of its own.
    const hub_instance = {
      lifecycle: {
        ignore_changes: ['ami', 'user_data_base64', 'tags["Boot"]', 'tags_all["Boot"]', 'vpc_security_group_ids'],
      },
    };
    const hub = config.images === 'pending' ? {} : { aws_instance: { hub_instance } };
    const resource = { ...hub, ...more };
    // Terraform refuses the empty object.
    const resources = Object.keys(resource).length === 0 ? {} : { resource };
    const override = { provider: { aws: [{ s3_use_path_style: true }] }, ...resources };
    writeFileSync(join(stack, 'zz_override.tf.json'), JSON.stringify(override));
    return stack;
  }

  terraform(stack: string, ...args: readonly string[]): Promise<Said> {
    return run('terraform', [`-chdir=${stack}`, ...args, '-no-color'], this.env);
  }

  /** Plans, into plan.bin of the stack, and gives what would be done. @throws Error with what was refused. */
  async plan(stack: string, ...args: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const said = await this.terraform(stack, 'plan', '-json', '-out=plan.bin', ...args);
    if (said.code !== 0) throw new Error(`terraform plan: ${said.stdout}${said.stderr}`);
    return changesOf(said.stdout);
  }

  /** The addresses of what is in the state. */
  async listed(stack: string): Promise<readonly string[]> {
    return (await this.terraform(stack, 'state', 'list')).stdout.split('\n').filter((line) => line !== '');
  }

  async close(): Promise<void> {
    const isOver = this.#provider.exitCode !== null || this.#provider.signalCode !== null;
    const ended = isOver ? undefined : once(this.#provider, 'exit');
    this.#provider.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a call shows that is not signed: moto reads from it which service is meant, and checks no more. */
export function authorizationFor(service: string): string {
  const scope = `Credential=test/20260101/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`;
}

/** One call of an AWS service's query API. */
async function callQuery(
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

/** Registers a system image for machines, and gives its id. */
export async function registerImage(endpoint: string): Promise<string> {
  const said = await callQuery(endpoint, 'ec2', {
    ...{ Action: 'RegisterImage', Version: '2016-11-15' },
    ...{ Name: 'kk', Architecture: 'arm64', RootDeviceName: '/dev/xvda' },
  });
  return /<imageId>(ami-[0-9a-f]+)</.exec(said)?.[1] ?? '';
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

const planned = z.looseObject({
  type: z.literal('planned_change'),
  change: z.looseObject({ resource: z.looseObject({ addr: z.string() }), action: z.string() }),
});

/** What a plan would do by what `plan -json` printed: each resource it touches with the action; reads are left out. */
function changesOf(lines: string): ReadonlyMap<string, string> {
  const said = lines.split('\n').filter((line) => line !== '');
  return new Map(
    said.flatMap((line) => {
      const { success, data } = planned.safeParse(JSON.parse(line));
      return success && data.change.action !== 'read' ? [[data.change.resource.addr, data.change.action] as const] : [];
    }),
  );
}
