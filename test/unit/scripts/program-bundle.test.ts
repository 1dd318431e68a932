import { appendFile, chmod, chown, copyFile, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectPath } from '../../../lib/files/project.ts';
import { makeFolder, writeFiles } from '../../support/git.ts';

let root = '';
let remove: () => Promise<void>;

/** A small project whose program says what it is and where it looks for its data. */
const SOURCES = {
  'package.json': '{"type": "module"}',
  'lib/files/place.ts': "export const place: string = new URL('../../', import.meta.url).pathname;\n",
  'lib/late.ts': "export const late: string = 'one';\n",
  'lib/products/isolation/goods-process.ts':
    "import { place } from '../../files/place.ts';\nconsole.log('goods', place);\n",
  'scripts/swarm-ops.ts':
    "import { place } from '../lib/files/place.ts';\nconst { late } = await import('../lib/late.ts');\nconsole.log(late, place, process.argv.slice(2).join());\n",
};

beforeEach(async () => {
  [root, remove] = await makeFolder();
  await writeFiles(root, SOURCES);
  await mkdir(path.join(root, 'node_modules'));
  for (const name of ['swarm-ops.js', 'program-bundle.js']) {
    await copyFile(projectPath(`scripts/${name}`), path.join(root, 'scripts', name));
  }
  for (const name of ['tsx', 'esbuild'])
    await symlink(projectPath(`node_modules/${name}`), path.join(root, 'node_modules', name));
});
afterEach(() => remove());

const cache = () => path.join(root, 'node_modules/.cache/swarm-ops');
const bundles = async () => (await readdir(cache()).catch(() => [])).sort();
const run = (args: readonly string[] = [], cwd = root) =>
  execa(process.execPath, [path.join(root, 'scripts/swarm-ops.js'), ...args], { cwd, reject: false });
const edit = (late: string) => writeFile(path.join(root, 'lib/late.ts'), `export const late: string = '${late}';\n`);

describe('the program', () => {
  it('starts from a bundle that is made once for each state of the sources, wherever it is called from', async () => {
    expect((await run(['a', 'b'])).stdout).toBe(`one ${root}/ a,b`);
    const [first = ''] = await bundles();
    const made = await stat(path.join(cache(), first, 'swarm-ops.js'));
    expect((await run([], '/')).stdout).toBe(`one ${root}/ `);
    expect(await bundles()).toEqual([first]);
    expect((await stat(path.join(cache(), first, 'swarm-ops.js'))).mtimeMs).toBe(made.mtimeMs);
    await edit('two');
    expect((await run()).stdout).toBe(`two ${root}/ `);
    expect(await bundles()).toHaveLength(2);
  });

  it('starts many times at once after a change', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => run()));
    expect(all.map(({ stdout, stderr }) => [stdout, stderr])).toEqual(all.map(() => [`one ${root}/ `, '']));
    expect(await bundles()).toHaveLength(1);
  });

  it('starts where no bundle can be made or written', async () => {
    await writeFile(path.join(root, 'node_modules/.cache'), '');
    const { stdout, stderr } = await run(['x']);
    expect([stdout, stderr]).toEqual([`one ${root}/ x`, '']);
  });

  it('runs nothing that others could have put where bundles are', async () => {
    await run();
    const [name = ''] = await bundles();
    const planted = path.join(cache(), name, 'swarm-ops.js');
    await writeFile(planted, "console.log('planted');\n");
    expect((await run()).stdout).toBe('planted');
    for (const place of [planted, path.dirname(planted), cache()]) {
      const { mode } = await stat(place);
      await chmod(place, mode | 0o002);
      expect((await run()).stdout).toBe(`one ${root}/ `);
      await chmod(place, mode);
    }
    if (process.geteuid?.() !== 0) return;
    for (const place of [planted, path.dirname(planted), cache()]) {
      await chown(place, 65534, 65534);
      expect((await run()).stdout).toBe(`one ${root}/ `);
      await chown(place, 0, 0);
    }
  });

  it('makes bundles that are run whatever the umask', async () => {
    await execa('sh', ['-c', 'umask 0; exec node scripts/swarm-ops.js'], { cwd: root });
    const [name = ''] = await bundles();
    const made = path.join(cache(), name, 'swarm-ops.js');
    await appendFile(made, "console.log('from the bundle');\n");
    expect((await run()).stdout).toContain('from the bundle');
  });

  it('says what is wrong with its sources', async () => {
    await writeFile(path.join(root, 'lib/late.ts'), 'export const late = ;\n');
    const { stderr, exitCode } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('late.ts');
    expect(await bundles()).toEqual([]);
  });

  it('keeps no more than some bundles', async () => {
    const { findBundle } = (await import(pathToFileURL(projectPath('scripts/program-bundle.js')).href)) as {
      readonly findBundle: (root: string) => string | undefined;
    };
    for (let version = 0; version < 10; version++) {
      await edit(`version ${version}`);
      expect(findBundle(root)).toContain(cache());
    }
    expect(await bundles()).toHaveLength(8);
    expect((await run()).stdout).toBe(`version 9 ${root}/ `);
  });
});
