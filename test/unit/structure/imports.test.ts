import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';

it('the linter refuses imports that the folder table forbids, in every folder of lib', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kk-imports-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  cpSync('biome.json', join(dir, 'biome.json'));
  const folders = readdirSync('lib', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  for (const folder of folders) {
    const other = folder === 'local' ? 'irc' : 'local';
    mkdirSync(join(dir, 'lib', folder), { recursive: true });
    // The last two are anybody's.
    const lines = [`../${other}/a.ts`, '../../scripts/a.ts', '../core/a.ts', './own.ts'].map(
      (from) => `import '${from}';\n`,
    );
    writeFileSync(join(dir, 'lib', folder, 'probe.ts'), lines.join(''));
  }
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--only=style/noRestrictedImports'];
  const { all } = await execa('node_modules/.bin/biome', [...args, `--config-path=${dir}`, dir], {
    reject: false,
    all: true,
  });
  const refused = [...all.matchAll(/lib\/(\w+)\/probe\.ts:([123])(?=:\d+ lint)/g)].map(
    ([, folder, line]) => `${folder} ${line}`,
  );
  expect([...new Set(refused)].sort()).toEqual(folders.flatMap((folder) => [`${folder} 1`, `${folder} 2`]).sort());
});
