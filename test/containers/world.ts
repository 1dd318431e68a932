import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { projectPath } from '../../lib/files/project.ts';
import { type Docker, dockerAt } from '../../scripts/build/images/docker.ts';
import { type Compose, composeProject } from '../../scripts/testing/containers/compose-project.ts';

const given = z.object({
  host: z.string().optional(),
  project: z.string(),
  tag: z.string(),
  compose: z.array(z.string()),
  /** A folder of this run, removed after it. */
  folder: z.string(),
  /** A disk that can be filled, if there may be one. */
  smallDisk: z.string().optional(),
  logs: z.string().optional(),
});

/** The engine, the images and the project that scripts/testing/run-container-tests.ts has prepared. */
export interface ContainerWorld extends z.infer<typeof given> {
  /** Whether there is any: where not, every test is skipped by its name. */
  readonly isThere: boolean;
  readonly docker: Docker;
}

/** The world of this run. */
export function containerWorld(): ContainerWorld {
  const text = process.env.KK_CONTAINERS;
  if (text === undefined) {
    return { isThere: false, project: '', tag: '', compose: [], folder: '', docker: dockerAt() };
  }
  const world = given.parse(JSON.parse(text));
  return { ...world, isThere: true, docker: dockerAt(world.host) };
}

/** Days of real chat that are traded in: all 153 would keep two cores busy for minutes with profiles alone. */
const DAYS = 30;

/**
 * A folder of real logs to trade in: the one that KK_LOGS names, whole, else the newest days of the one beside the checkout;
 * undefined where there is neither.
 */
export async function realLogs({ folder }: ContainerWorld): Promise<string | undefined> {
  if (process.env.KK_LOGS !== undefined) return process.env.KK_LOGS;
  const all = projectPath('../shared/data/ubuntu-irc');
  if (!existsSync(all)) return undefined;
  const logs = (await readdir(all)).filter((name) => name.endsWith('.raw.txt')).sort();
  const some = join(folder, 'logs');
  await mkdir(some);
  for (const name of logs.slice(-DAYS)) await copyFile(join(all, name), join(some, name));
  return some;
}

/** Tells what goes on in a long run. */
export function tell(line: string): void {
  process.stdout.write(`  ${line}\n`);
}

const LOOK_EVERY_MS = 1_000;

/** Looks again and again until something is there. @throws what `look` last said about why it isn't, after `withinMs`. */
export async function eventually<Value>(
  what: string,
  withinMs: number,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  let why = 'not yet';
  for (;;) {
    const found = await look().catch((error: unknown) => {
      why = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what}: ${why}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** The compose project of this run, on real logs where there are some. */
export function projectOf(world: ContainerWorld, files: readonly string[], logs: string | undefined): Compose {
  return composeProject(world.docker, world.compose, world.project, files, {
    KK_TAG: world.tag,
    KK_GIT_PORT: '0',
    KK_IRC_PORT: '0',
    ...(logs === undefined ? {} : { KK_LOGS: logs, KK_DAY_SECONDS: '86400' }),
  });
}
