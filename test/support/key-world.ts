import { randomInt } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { english, generateMnemonic } from 'viem/accounts';
import { expect } from 'vitest';
import { z } from 'zod';
import { projectPath } from '../../lib/files/project.ts';
import { type AgentSecret, parseAgentSecret } from '../../lib/keys/agent-secret.ts';
import { MISSING_MOTO, type Moto, startMoto } from './moto.ts';
import { type OpsRun, swarmOps } from './swarm-ops.ts';

/** Whether there is a Secrets Manager to talk to. */
export const hasSecretsManager = MISSING_MOTO === '';
/** Each run of the program takes seconds on a busy machine, and some laws take ten runs. In ms. */
export const KEYS_PATIENCE_MS = 400_000;
/** Agents of every kind that keys tell apart; a secret costs the same each. */
export const KEY_AGENTS = [
  'kk-0xyuls',
  'kk-coordinator',
  'kk-juanjumagalp',
  'kk-karma-hello',
  'kk-stovedove',
  'kk-validator',
] as const;
/** The operator's credentials. */
export const KEYS_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIAPLANTEDPLANTED00',
  AWS_SECRET_ACCESS_KEY: 'planted-secret-access-key',
};

/** The password of an agent at the hub, as its secret says. */
export function passwordIn({ hub }: AgentSecret): string {
  return z.object({ password: z.string() }).parse(hub).password;
}

/** The keys of fleets in Secrets Manager as moto plays it, and `swarm-ops keys` to run on them. */
export interface KeyWorld {
  readonly moto: Moto;
  readonly client: SecretsManagerClient;
  readonly dir: string;
  readonly agents: string;
  readonly mnemonic: string;
  /** Where the secrets of the fleet at hand are; ends in a slash. */
  readonly prefix: () => string;
  /** Turns to a fleet that has no secret yet. */
  readonly nextFleet: () => void;
  readonly keys: (args: readonly string[], env?: Record<string, string>) => Promise<OpsRun>;
  readonly push: (...args: string[]) => Promise<OpsRun>;
  readonly check: (...args: string[]) => Promise<OpsRun>;
  /** The value of a unit's secret as it is; empty where there is none. */
  readonly textOf: (unit: string) => Promise<string>;
  readonly secretOf: (agent: string) => Promise<AgentSecret>;
  /** The names of the fleet's secrets, in order. */
  readonly names: () => Promise<readonly string[]>;
  /** Writes a fleet's configuration: the example with changes. Gives its path. */
  readonly configure: (name: string, change: (example: string) => string) => Promise<string>;
  /** Everything that was run by `keys`. */
  readonly runs: readonly OpsRun[];
  /** Counts values among the secrets, as every agent's is that was read. */
  readonly hide: (...values: readonly string[]) => void;
  /** Expects no secret in a text; without one, in all that those see who can see the runs: output, arguments, environment. */
  readonly expectHidden: (text?: string) => void;
  readonly close: () => Promise<void>;
}

/** Starts with agents whose wallets are derived from a new mnemonic, and no secret. */
export async function createKeyWorld(): Promise<KeyWorld> {
  const moto = await startMoto(String(randomInt(100_000_000_000, 200_000_000_000)));
  const dir = await mkdtemp(join(tmpdir(), 'kk-keys-'));
  const agents = join(dir, 'agents');
  for (const name of KEY_AGENTS) await cp(projectPath(`agents/${name}`), join(agents, name), { recursive: true });
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: moto.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const mnemonic = generateMnemonic(english);
  const runs: OpsRun[] = [];
  const hidden = [mnemonic, mnemonic.split(' ').slice(0, 3).join(' ')];
  let fleets = 0;
  const prefix = () => `fleet-${fleets}/units/`;

  async function keys(args: readonly string[], env: Record<string, string> = KEYS_CREDENTIALS): Promise<OpsRun> {
    const where = ['--agents', agents, '--mnemonic-fd', '3', '--region', 'us-east-1', '--endpoint', moto.endpoint];
    const run = await swarmOps(['keys', ...args, ...where], { fd3: mnemonic, env });
    runs.push(run);
    return run;
  }

  async function textOf(unit: string): Promise<string> {
    const found = await client.send(new GetSecretValueCommand({ SecretId: `${prefix()}${unit}` }));
    return found.SecretString ?? '';
  }

  const written = await keys(['derive', '--write']);
  expect(written.code, written.stderr).toBe(0);
  return {
    moto,
    client,
    dir,
    agents,
    mnemonic,
    prefix,
    nextFleet: () => {
      fleets += 1;
      moto.refuse = () => undefined;
    },
    keys,
    push: (...args) => keys(['push', '--prefix', prefix(), '--yes', ...args]),
    check: (...args) => keys(['check', '--prefix', prefix(), ...args]),
    textOf,
    secretOf: async (agent) => {
      const parsed = parseAgentSecret(await textOf(agent));
      if (parsed === undefined) return expect.fail(`${agent} has no secret of ours`);
      hidden.push(parsed.privateKey.slice(2), parsed.deliverySeed, passwordIn(parsed));
      return parsed;
    },
    names: async () => {
      const { SecretList = [] } = await client.send(
        new ListSecretsCommand({ MaxResults: 100, Filters: [{ Key: 'name', Values: [prefix()] }] }),
      );
      return SecretList.flatMap(({ Name }) => Name ?? []).sort();
    },
    configure: async (name, change) => {
      const file = join(dir, name);
      await writeFile(file, change(await readFile(projectPath('infra/fleet.example.yaml'), 'utf8')));
      return file;
    },
    runs,
    hide: (...values) => {
      hidden.push(...values);
    },
    expectHidden: (text) => {
      for (const value of hidden) {
        if (text !== undefined) expect(text.includes(value)).toBe(false);
        else for (const run of runs) expect(`${run.stdout}${run.stderr}${run.shown}`.includes(value)).toBe(false);
      }
      // The environment holds what the SDK's user puts there.
      for (const { stdout, stderr, shown } of runs) {
        const seen = `${stdout}${stderr}${shown.split('\n')[0] ?? ''}`;
        expect(seen.includes(KEYS_CREDENTIALS.AWS_SECRET_ACCESS_KEY)).toBe(false);
      }
    },
    close: async () => {
      client.destroy();
      await moto.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
