import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { english, generateMnemonic, mnemonicToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../support/find-program.ts';
import { shared } from '../support/shared.ts';
import { swarmOps } from '../support/swarm-ops.ts';

const mnemonic = generateMnemonic(english);
const PATIENCE_MS = 200_000;

describe('a mnemonic given to swarm-ops', () => {
  it('is not repeated when it is in the wrong place', { timeout: PATIENCE_MS }, async () => {
    for (const args of [
      ['keys', 'derive', `--mnemonic=${mnemonic}`],
      ['keys', 'derive', '--mnemonic-fd', mnemonic],
      ['keys', 'derive', ...mnemonic.split(' ')],
      ['keys', 'push', '--mnemonic-fd', '3', '--rotate', mnemonic],
    ]) {
      const { code, stdout, stderr } = await swarmOps(args, { fd3: mnemonic });
      expect(code).toBeGreaterThan(0);
      expect(`${stdout}${stderr}`.includes(mnemonic.split(' ').slice(0, 2).join(' '))).toBe(false);
    }
  });

  it('is refused with what is wrong, and where there is nobody to ask', { timeout: PATIENCE_MS }, async () => {
    const short = await swarmOps(['keys', 'derive', '--mnemonic-fd', '3'], {
      fd3: mnemonic.split(' ').slice(1).join(' '),
    });
    expect([short.code, short.stderr]).toEqual([1, expect.stringContaining('it has 11 words')]);
    const nobody = await swarmOps(['keys', 'derive']);
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('keys/no-mnemonic')]);
    const known = `${'abandon '.repeat(11)}about`;
    const open = await swarmOps(['keys', 'push', '--mnemonic-fd', '3', '--region', 'us-east-1'], { fd3: known });
    expect([open.code, open.stderr]).toEqual([1, expect.stringContaining('keys/public-mnemonic')]);
  });

  it.skipIf(findProgram('script') === undefined)(
    'is asked for at a terminal without being shown (skipped without script of util-linux)',
    { timeout: PATIENCE_MS },
    async () => {
      const command = `'${process.execPath}' '${await shared('program')}' keys derive`;
      const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
      let shown = '';
      let isAnswered = false;
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString('utf8');
        if (isAnswered || !shown.includes('(not shown)')) return;
        isAnswered = true;
        child.stdin.write(`${mnemonic}x\u007f\r`);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code, shown).toBe(0);
      expect(shown).toContain(mnemonicToAccount(mnemonic).address);
      expect(shown.includes(mnemonic.split(' ').slice(0, 2).join(' '))).toBe(false);
    },
  );
});
