import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { z } from 'zod';
import { projectPath } from '../../../lib/files/project.ts';
import type { Docker } from './docker.ts';

/** The images that docker/Dockerfile makes. */
export const TARGETS = ['agent', 'hub', 'local'] as const;
export type Target = (typeof TARGETS)[number];

/** What to build. */
export interface BuildPlan {
  readonly targets: readonly Target[];
  readonly tag: string;
  /** A base image that holds all that the build would fetch, so that it runs without network. Default: the base of the Dockerfile. */
  readonly offlineBase?: string;
}

const BUILD_MS = 1_800_000;
const packageFile = z.object({ version: z.string() });

/** Builds images and gives their names, as in `karmakadabra/agent:local`. */
export async function buildImages(docker: Docker, plan: BuildPlan): Promise<readonly string[]> {
  const names: string[] = [];
  const facts = await buildFacts();
  for (const target of plan.targets) {
    const name = `karmakadabra/${target}:${plan.tag}`;
    const values = { ...facts, ...(plan.offlineBase === undefined ? {} : { BASE: plan.offlineBase }) };
    const build = Object.entries(values).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
    const offline = plan.offlineBase === undefined ? [] : ['--network', 'none'];
    await docker.run(
      [
        'build',
        ...offline,
        ...build,
        '--target',
        target,
        '-t',
        name,
        '-f',
        projectPath('docker/Dockerfile'),
        projectPath('.'),
      ],
      // Only the engine's own builder finds an image that is in no registry.
      {
        isShown: true,
        timeoutMs: BUILD_MS,
        ...(plan.offlineBase === undefined ? {} : { environment: { DOCKER_BUILDKIT: '0' } }),
      },
    );
    names.push(name);
  }
  return names;
}

/** Version, commit and its time, for labels and for what a heartbeat says it runs. */
async function buildFacts(): Promise<Readonly<Record<string, string>>> {
  const { version } = packageFile.parse(JSON.parse(readFileSync(projectPath('package.json'), 'utf8')));
  const git = { cwd: projectPath('.'), reject: false } as const;
  const { stdout, failed } = await execa('git', ['log', '-1', '--format=%H %ct'], git);
  const [commit = '', seconds = '0'] = failed ? [] : stdout.split(' ');
  return { VERSION: version, COMMIT: commit, SOURCE_DATE_EPOCH: seconds };
}
