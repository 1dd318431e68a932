import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFolder } from '../../lib/host/state-folder.ts';
import { openSecrets } from '../../lib/keys/development-secrets.ts';
import { findProgram } from '../support/find-program.ts';
import { shared } from '../support/shared.ts';

const PATIENCE_MS = 200_000;
let dir = '';
let state = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-reset-'));
  state = join(dir, 'state');
  const folder = await openStateFolder(state, '2026-11-20T19:13:04Z', () => undefined);
  await openSecrets(folder.secrets);
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('swarm-ops reset without --yes', { timeout: PATIENCE_MS }, () => {
  it.each(['n\n', 'y\n', ''])(
    'removes nothing where no terminal can ask, whatever comes through a pipe: %j',
    async (said) => {
      const before = await readdir(state);
      const child = spawn(process.execPath, [await shared('program'), 'reset', '--state', state], {
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString('utf8');
      });
      // A program that refuses without reading closes the pipe.
      child.stdin.on('error', () => undefined);
      child.stdin.end(said);
      const [code] = (await once(child, 'close')) as [number | null];
      expect([code, errors]).toEqual([1, expect.stringContaining('swarm/not-confirmed')]);
      expect(errors).toContain('--yes');
      expect(await readdir(state)).toEqual(before);
    },
  );

  it.skipIf(findProgram('script') === undefined).each([
    ['n\r', 1, true],
    ['\u0004', 1, true],
    ['y\r', 0, false],
  ])(
    'does at a terminal what a person answers: %j (skipped without script of util-linux)',
    async (answer, expected, stays) => {
      const command = `'${process.execPath}' '${await shared('program')}' reset --state '${state}'`;
      const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
      let shown = '';
      let isAnswered = false;
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString('utf8');
        if (isAnswered || !shown.includes('[y/N]')) return;
        isAnswered = true;
        child.stdin.write(answer);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect(shown).toContain(stays ? 'Nothing was removed.' : `Removed ${state}.`);
      expect(code, shown).toBe(expected);
      expect((await readdir(dir)).includes('state')).toBe(stays);
    },
  );
});
