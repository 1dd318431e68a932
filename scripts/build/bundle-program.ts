import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { projectPath } from '../../lib/files/project.ts';
import { commitOf } from './images/commit-of.ts';

/** Defines `require` and the like for CommonJS packages inside an ES module, under names that no program uses. */
const BANNER =
  "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);";
/** Units with a secret of their own besides the agents: see docker/compose.yaml. */
const OTHERS = ['hub', 'objects', 'steward'];

const manifest = z.object({ version: z.string() });

const [target = '', toldCommit = ''] = process.argv.slice(2);
if (target === '') throw new Error('usage: bundle-program.ts FOLDER [COMMIT]');
await writeProgram(join(target, 'app'));
await makeMountPoints(join(target, 'volumes'));

/**
 * Writes the program as an image holds it: the code in a few files, without unused code, and the data that it reads, in the same
 * folders as in the source. The same sources give the same bytes.
 */
async function writeProgram(app: string): Promise<void> {
  await build({
    absWorkingDir: projectPath('.'),
    entryPoints: {
      'swarm-ops': 'scripts/swarm-ops.ts',
      'hub-check': 'scripts/commands/hub-check.ts',
      'goods-process': 'lib/products/isolation/goods-process.ts',
    },
    // At the same depth as `lib/files/` in the source, because the program finds its data relative to its own path.
    outdir: join(app, 'scripts/program'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // ES modules where a package has them: the names of CommonJS ones are lost when they are loaded later.
    mainFields: ['module', 'main'],
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    banner: { js: BANNER },
    legalComments: 'none',
    logLevel: 'warning',
  });
  // Every container runs this check twice a minute, so it is one small file in the format that Node starts fastest.
  await build({
    absWorkingDir: projectPath('.'),
    entryPoints: ['scripts/commands/beat-check.ts'],
    outfile: join(app, 'scripts/beat-check.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    footer: { js: 'process.exitCode = module.exports.beatCheck({});' },
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const data of ['agents', 'vault', 'package.json', 'LICENSE']) {
    await cp(projectPath(data), join(app, data), { recursive: true });
  }
  for (const entry of ['swarm-ops.js', 'answers.js']) {
    await cp(projectPath(`docker/${entry}`), join(app, 'scripts', entry));
  }
  await writeFile(join(app, 'build.json'), `${JSON.stringify(await buildFacts())}\n`);
}

/** Version and commit of the program. `readBuild` reads them where there is no git checkout. */
async function buildFacts(): Promise<{ readonly version: string; readonly commit?: string }> {
  const { version } = manifest.parse(JSON.parse(await readFile(projectPath('package.json'), 'utf8')));
  const commit = toldCommit === '' ? await commitOf(projectPath('.git')) : toldCommit;
  return commit === undefined ? { version } : { version, commit: commit.slice(0, 12) };
}

/** Creates the folders that the set-up writes to: a new volume takes its owner from the folder of the image at its mount point. */
async function makeMountPoints(root: string): Promise<void> {
  const entries = await readdir(projectPath('agents'), { withFileTypes: true });
  const agents = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const unit of [...agents, ...OTHERS]) await mkdir(join(root, 'secrets', unit), { recursive: true });
  await mkdir(join(root, 'sample'));
}
