import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

/** Starts swarm-ops in a Node that says it is of another version. */
async function startedIn(version: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, 'scripts/swarm-ops.js', '--help'],
    { reject: false },
  );
  return { exitCode, stderr, isRunning: stdout.startsWith('Usage: swarm-ops') };
}

describe('swarm-ops in a Node', () => {
  it.each(['18.20.8', '20.18.3'])('that is too old (%s) says what it needs, and does nothing', async (version) => {
    expect(await startedIn(version)).toEqual({
      exitCode: 2,
      stderr: `swarm-ops needs Node 20.19 or newer; this is ${version}. Install a newer Node.`,
      isRunning: false,
    });
  });

  it('that is just new enough runs', async () => {
    expect(await startedIn('20.19.0')).toEqual({ exitCode: 0, stderr: '', isRunning: true });
  });
});
