import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generateContractFiles } from '../../scripts/build/contracts.ts';

it('keeps the checked-in artifacts and ABIs what the sources compile to', async () => {
  for (const [name, text] of await generateContractFiles()) {
    const stored = await readFile(new URL(`../../lib/market/contracts/${name}`, import.meta.url), 'utf8');
    expect(stored === text, `lib/market/contracts/${name} is stale: npx tsx scripts/build/contracts.ts`).toBe(true);
  }
});
