import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../support/find-program.ts';
import { MISSING_MOTO, type Moto, startMoto } from '../support/moto.ts';
import { shared } from '../support/shared.ts';
import { swarmOps } from '../support/swarm-ops.ts';

// Of util-linux: runs a program at a terminal of its own.
const script = process.platform === 'linux' ? findProgram('script') : undefined;
const SERIAL = 'arn:aws:iam::123456789012:mfa/ana';
const CODE = '908172';
const ASK = ['fleet', '--stack', 'absent', '--region', 'us-east-1'];
const PATIENCE_MS = 200_000;

describe.skipIf(MISSING_MOTO !== '')('a role that wants a second factor (skipped without moto_server)', () => {
  let moto: Moto;
  let dir: string;
  let env: Readonly<Record<string, string>>;
  const codes: string[] = [];

  beforeAll(async () => {
    moto = await startMoto('666666666666');
    moto.refuse = (action, body) => {
      if (action === 'AssumeRole') codes.push(new URLSearchParams(body).get('TokenCode') ?? '');
      return undefined;
    };
    dir = await mkdtemp(join(tmpdir(), 'kk-second-factor-'));
    const role = 'arn:aws:iam::123456789012:role/karmakadabra/karmakadabra-operator';
    const profile = ['[profile operator]', `role_arn = ${role}`, 'source_profile = ana', `mfa_serial = ${SERIAL}`];
    await writeFile(join(dir, 'config'), `${profile.join('\n')}\n`);
    await writeFile(join(dir, 'credentials'), '[ana]\naws_access_key_id = test\naws_secret_access_key = test\n');
    env = {
      AWS_CONFIG_FILE: join(dir, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(dir, 'credentials'),
      AWS_PROFILE: 'operator',
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  });
  afterAll(async () => {
    await moto?.close();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  it('is not asked for in vain where there is no terminal', { timeout: PATIENCE_MS }, async () => {
    const { code, stderr } = await swarmOps(ASK, { env });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`There is no terminal to ask for the code of ${SERIAL}`);
    expect(stderr).toContain('export-credentials');
    expect(codes).toEqual([]);
  });

  it.skipIf(script === undefined)(
    'is asked for once, however many services are asked',
    {
      timeout: PATIENCE_MS,
    },
    async () => {
      const command = [process.execPath, await shared('program'), ...ASK].join(' ');
      const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|KK_)/.test(name));
      const child = spawn(script ?? '', ['--quiet', '--return', '--command', command, '/dev/null'], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...Object.fromEntries(kept), ...env },
      });
      let shown = '';
      let isAsked = false;
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        shown += text;
        if (isAsked || !shown.includes('(not shown): ')) return;
        isAsked = true;
        child.stdin.write(`${CODE}\r`);
      });
      await once(child, 'close');
      expect(shown).toContain(`Code of ${SERIAL}`);
      expect(shown).not.toContain(CODE);
      // With these credentials AWS answered: there is no such fleet.
      expect(shown).toContain('absent');
      expect(codes).toEqual([CODE]);
    },
  );
});
