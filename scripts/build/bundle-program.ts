import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { projectPath } from '../../lib/files/project.ts';
import { commitOf } from './images/commit-of.ts';

/** What CommonJS packages inside an ES module call. The names can't clash with a program's own. */
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
 * Writes the program as an image holds it: all code in a few files without what is never called, and the data it
 * reads, in the folders where the source has them. Same sources, same bytes.
 */
async function writeProgram(app: string): Promise<void> {
  await build({
    absWorkingDir: projectPath('.'),
    entryPoints: {
      'swarm-ops': 'scripts/swarm-ops.ts',
      'hub-check': 'scripts/commands/hub-check.ts',
    },
    // As deep below the target as `lib/files/` is in the source: the program finds its data by its own place.
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
  // A check that every container runs all the time: one file in the form that Node starts quickest, with nothing else in it.
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

/** What runs: `readBuild` reads it where there is no git checkout. */
async function buildFacts(): Promise<{ readonly version: string; readonly commit?: string }> {
  const { version } = manifest.parse(JSON.parse(await readFile(projectPath('package.json'), 'utf8')));
  const commit = toldCommit === '' ? await commitOf(projectPath('.git')) : toldCommit;
  return commit === undefined ? { version } : { version, commit: commit.slice(0, 12) };
}

/** The folders that set-up writes to: a fresh volume takes its owner from the folder of the image that it covers. */
async function makeMountPoints(root: string): Promise<void> {
  const entries = await readdir(projectPath('agents'), { withFileTypes: true });
  const agents = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const unit of [...agents, ...OTHERS]) await mkdir(join(root, 'secrets', unit), { recursive: true });
  await mkdir(join(root, 'sample'));
}
