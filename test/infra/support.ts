import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { FleetAgent } from '../../infra/fleet-stack.ts';
import { synthesize } from '../../infra/synth.ts';
import { type FleetConfig, parseConfig } from '../../lib/fleet/fleet-config.ts';
import { namesOf } from '../../lib/fleet/fleet-names.ts';

/** moto's account. */
export const ACCOUNT = '123456789012';
export const REPOSITORY = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/karmakadabra`;
export const OPERATOR = `arn:aws:iam::${ACCOUNT}:user/ana`;

/** A whole configuration; `changes` replaces fields of it. */
export function fleetConfig(changes: Readonly<Record<string, unknown>> = {}): FleetConfig {
  return parseConfig(
    {
      accountId: ACCOUNT,
      region: 'us-east-1',
      state: { kind: 'local' },
      machine: { image: 'ami-0123456789abcdef0' },
      images: {
        agent: `${REPOSITORY}/agent@sha256:${'a'.repeat(64)}`,
        hub: `${REPOSITORY}/hub@sha256:${'b'.repeat(64)}`,
      },
      chain: {
        id: 'eip155:84532',
        rpcUrl: 'https://sepolia.base.org',
        escrow: `0x${'1'.repeat(40)}`,
        token: `0x${'2'.repeat(40)}`,
      },
      alarms: { email: 'ops@example.org' },
      operators: [OPERATOR],
      ...changes,
    },
    'the test configuration',
  );
}

export const NAMES = namesOf(fleetConfig());

/** The agents that the project ships. */
export function shippedAgents(): readonly string[] {
  return readdirSync('agents', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

const resourceMap = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
const synthesized = z.looseObject({ resource: resourceMap, terraform: z.looseObject({}), output: z.looseObject({}) });

/** What was synthesized: resources by type and name, and the text as written. */
export interface Synthesized {
  readonly text: string;
  readonly resources: z.output<typeof resourceMap>;
  readonly terraform: Readonly<Record<string, unknown>>;
}

/** Agents of which only the name matters. */
export function asBuyers(names: readonly string[]): readonly FleetAgent[] {
  return names.map((name) => ({ name, role: 'buyer' }));
}

/** Synthesizes into a folder that is removed again. */
export function synthesizeNow(config: FleetConfig, agents: readonly string[]): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'kk-synth-'));
  try {
    synthesize(config, asBuyers(agents), folder);
    const text = readFileSync(join(folder, 'stacks/fleet/cdk.tf.json'), 'utf8');
    const parsed = synthesized.parse(JSON.parse(text));
    return { text, resources: parsed.resource, terraform: parsed.terraform };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The resources of one type, by name. */
export function ofType(from: Synthesized, type: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  return new Map(Object.entries(from.resources[type] ?? {}));
}

/** The folder of the AWS provider in a mirror. */
export const PROVIDER = 'registry.terraform.io/hashicorp/aws/5.100.0';

/** The mirror that holds the AWS provider of the version that CDKTF pins, or undefined. */
export function findProviderMirror(): string | undefined {
  const places = [process.env.KK_TF_PLUGINS, '/opt/tf-plugins', join(process.env.HOME ?? '/', '.terraform.d/plugins')];
  return places.find((place) => place !== undefined && existsSync(join(place, PROVIDER)));
}
