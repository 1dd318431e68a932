import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/goods.ts';

const run = promisify(execFile);

/** Memory that a whole delivery takes on top of the started program, in MiB: seller, S3 server and buyer together. */
async function grownBy(mebibytes: number): Promise<number> {
  const args = ['--max-old-space-size=96', '--import', 'tsx', 'test/support/delivery-memory.ts'];
  const dir = await temporaryFolder();
  const { stdout } = await run(process.execPath, [...args, dir, String(mebibytes)], { timeout: 100_000 });
  const parsed: unknown = JSON.parse(stdout);
  expect(parsed).toEqual({ grownMebibytes: expect.any(Number) });
  return Number(/\d+/.exec(stdout)?.[0]);
}

it('delivers 64 MiB in about the memory that 16 MiB take', async () => {
  const small = await grownBy(16);
  const large = await grownBy(64);
  expect(large).toBeLessThan(200);
  expect(large - small).toBeLessThan(48);
});
