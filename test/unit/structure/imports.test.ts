import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

const report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** What the linter says of a project of these files (content by path), as `rule: from → to`. */
async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const dir = mkdtempSync(path.join(tmpdir(), 'kk-imports-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const file of ['.dependency-cruiser.js', 'tsconfig.json', 'package.json']) cpSync(file, path.join(dir, file));
  symlinkSync(path.resolve('node_modules'), path.join(dir, 'node_modules'));
  for (const folder of ['lib', 'scripts', 'infra']) mkdirSync(path.join(dir, folder));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  const program = path.resolve('node_modules/.bin/depcruise');
  const { stdout } = await execa(program, ['lib', 'scripts', 'infra', '--output-type', 'json'], {
    cwd: dir,
    reject: false,
  });
  const { violations } = report.parse(JSON.parse(stdout)).summary;
  return violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`).sort();
}

const OWN = 'export const own = 1;\n';

it('refuses an import that the table of folders forbids, in each folder of lib', async () => {
  // By folder, one that it may import and one that it may not.
  const folders: Readonly<Record<string, readonly [string | undefined, string]>> = {
    core: [undefined, 'files'],
    files: ['core', 'vault'],
    vault: ['files', 'market'],
    irc: ['core', 'conversation'],
    market: ['files', 'vault'],
    delivery: ['files', 'market'],
    work: ['files', 'products'],
    products: ['work', 'delivery'],
    decisions: ['core', 'market'],
    conversation: ['irc', 'vault'],
    flows: ['delivery', 'irc'],
    heartbeat: ['conversation', 'flows'],
    view: ['vault', 'irc'],
    health: ['view', 'host'],
    aws: ['files', 'keys'],
    fleet: ['aws', 'keys'],
    keys: ['fleet', 'host'],
    hub: ['vault', 'aws'],
    host: ['local', 'fleet'],
    local: ['files', 'delivery'],
  };
  const files: Record<string, string> = { 'scripts/own.ts': OWN };
  for (const [folder, [allowed, forbidden]] of Object.entries(folders)) {
    files[`lib/${folder}/own.ts`] = OWN;
    const imports = [forbidden, ...(allowed === undefined ? [] : [allowed])].map((other) => `../${other}/own.ts`);
    files[`lib/${folder}/probe.ts`] = ['./own.ts', '../../scripts/own.ts', ...imports]
      .map((from) => `import '${from}';\n`)
      .join('');
  }
  const expected = Object.entries(folders).flatMap(([folder, [, forbidden]]) => [
    `lib-${folder}: lib/${folder}/probe.ts → lib/${forbidden}/own.ts`,
    `lib-${folder}: lib/${folder}/probe.ts → scripts/own.ts`,
  ]);
  expect((await lint(files)).filter((line) => !line.startsWith('no-cycle-of-folders'))).toEqual(expected.sort());
});

it('refuses that scripts import tests or infra, and lets them import lib', async () => {
  const found = await lint({
    'lib/core/own.ts': OWN,
    'infra/own.ts': OWN,
    'test/support/own.ts': OWN,
    'scripts/commands/probe.ts': ["'../../lib/core/own.ts'", "'../../infra/own.ts'", "'../../test/support/own.ts'"]
      .map((from) => `import ${from};\n`)
      .join(''),
  });
  expect(found).toEqual([
    'scripts: scripts/commands/probe.ts → infra/own.ts',
    'scripts: scripts/commands/probe.ts → test/support/own.ts',
  ]);
});

it('lets infra import what it needs to describe a fleet, and nothing that runs one', async () => {
  const others = ['core', 'files', 'fleet', 'host', 'keys', 'vault'];
  const found = await lint({
    ...Object.fromEntries(others.map((folder) => [`lib/${folder}/own.ts`, OWN])),
    'scripts/own.ts': OWN,
    'infra/probe.ts': [...others.map((folder) => `../lib/${folder}/own.ts`), '../scripts/own.ts']
      .map((from) => `import '${from}';\n`)
      .join(''),
  });
  expect(found).toEqual([
    'infra: infra/probe.ts → lib/host/own.ts',
    'infra: infra/probe.ts → lib/keys/own.ts',
    'infra: infra/probe.ts → lib/vault/own.ts',
    'infra: infra/probe.ts → scripts/own.ts',
  ]);
});

it('refuses cycles of files and of folders, flows that know each other, and I/O in core', async () => {
  const found = await lint({
    'lib/vault/a.ts': "import './b.ts';\n",
    'lib/vault/b.ts': "import './a.ts';\n",
    'lib/market/terms/a.ts': "import '../chain/b.ts';\n",
    'lib/market/chain/b.ts': OWN,
    'lib/market/chain/c.ts': "import '../terms/d.ts';\n",
    'lib/market/terms/d.ts': OWN,
    'lib/flows/trade/a.ts': "import '../orders/b.ts';\n",
    'lib/flows/orders/b.ts': OWN,
    'lib/core/a.ts': "import 'node:fs/promises';\n",
    'lib/core/b.ts':
      "import { isHex } from 'viem';\nimport type { Hex } from 'viem';\nexport const is = (text: Hex) => isHex(text);\n",
    'lib/core/c.ts': "import type { Hex } from 'viem';\nexport type Id = Hex;\n",
  });
  expect(found.map((line) => line.replace(/\S*node_modules\/viem\/.*/, 'viem'))).toEqual([
    'core-without-io: lib/core/a.ts → fs/promises',
    'core-without-viem: lib/core/b.ts → viem',
    'flows-apart: lib/flows/trade/a.ts → lib/flows/orders/b.ts',
    'no-cycle-of-files: lib/vault/a.ts → lib/vault/b.ts',
    'no-cycle-of-folders: lib/market/chain → lib/market/terms',
    'no-cycle-of-folders: lib/market/terms → lib/market/chain',
  ]);
});
