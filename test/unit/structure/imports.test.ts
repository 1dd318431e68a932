import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Who may import whom in lib/, besides lib/core and a folder's own files. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  core: [],
  vault: [],
  irc: [],
  market: [],
  delivery: [],
  products: [],
  decisions: [],
  health: [],
  local: [],
  flows: ['vault', 'market', 'delivery', 'products'],
  heartbeat: ['vault', 'irc', 'decisions'],
};
const FLOW = 'lib/flows/trade/probe.ts';
const CORE = 'lib/core/world.ts';

/** Probes by path: what each imports, one a line, and which of it the linter must refuse. */
const probes = new Map<string, { readonly allowed: readonly string[]; readonly refused: readonly string[] }>(
  Object.entries(MAY).map(([folder, allowed]) => {
    const others = Object.keys(MAY).filter((other) => ![folder, 'core', ...allowed].includes(other));
    return [
      `lib/${folder}/probe.ts`,
      {
        allowed: [
          './own.ts',
          ...['core', ...allowed].filter((name) => name !== folder).map((name) => `../${name}/a.ts`),
        ],
        refused: [...others.map((name) => `../${name}/a.ts`), '../../scripts/a.ts', '../../test/a.ts'],
      },
    ];
  }),
);
probes.set(FLOW, {
  allowed: ['./own.ts', '../../core/a.ts', '../../market/a.ts'],
  refused: ['../produce/a.ts', '../validation/a.ts', '../treasury/a.ts', '../../irc/a.ts', '../../local/a.ts'],
});
probes.set(CORE, { allowed: ['zod'], refused: ['node:fs', 'node:net', 'node:child_process', 'node:http'] });

const report = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }) }),
  ),
});

let dir = '';
let refusals: readonly { readonly path: string; readonly line: number }[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-imports-'));
  await cp('biome.json', join(dir, 'biome.json'));
  for (const [path, { allowed, refused }] of probes) {
    const imports = [...allowed, ...refused].map((from) => `import '${from}';\n`);
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), imports.join(''));
  }
  const { stdout } = await execa(
    join('node_modules', '.bin', 'biome'),
    [
      'lint',
      '--vcs-enabled=false',
      '--max-diagnostics=none',
      '--reporter=json',
      '--only=style/noRestrictedImports',
      `--config-path=${dir}`,
      dir,
    ],
    { reject: false },
  );
  refusals = report
    .parse(JSON.parse(stdout))
    .diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location }) => ({ path: location.path, line: location.start.line }));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('the linter', () => {
  for (const [path, { allowed, refused }] of probes) {
    it(`refuses in ${path} ${refused.length} imports that the table forbids, and no other`, () => {
      const lines = refusals.filter((refusal) => refusal.path.endsWith(path)).map(({ line }) => line);
      expect([...new Set(lines)].sort((a, b) => a - b)).toEqual(refused.map((_, i) => allowed.length + i + 1));
    });
  }
});
