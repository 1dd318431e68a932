import { access, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { projectPath } from '../../../lib/files/project.ts';

const names = z.record(z.string(), z.string()).default({});
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dependencies: names,
      devDependencies: names,
      optionalDependencies: names,
      peerDependencies: names,
      peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().default(false) })).default({}),
    }),
  ),
});
type Packages = z.infer<typeof lock>['packages'];

/** The bundler, and the development packages that become part of the bundle: the clients of fleet commands. */
const ALSO_BUNDLED = /^(?:esbuild|@aws-sdk\/.*)$/;

/**
 * The folders of this checkout's packages that the build of an image reads, as in `node_modules/viem`: those that go into
 * the bundle, the bundler, and what these need. The others are half of all bytes, and no image needs them.
 */
export async function bundledPackages(): Promise<readonly string[]> {
  const { packages } = lock.parse(JSON.parse(await readFile(projectPath('package-lock.json'), 'utf8')));
  const project = packages[''];
  if (project === undefined) throw new Error('package-lock.json does not describe this project');
  const also = Object.keys(project.devDependencies).filter((name) => ALSO_BUNDLED.test(name));
  const needed = reachable(packages, [...Object.keys(project.dependencies), ...also]);
  // A package inside another's folder is copied with it.
  const outer = needed.filter((path) => !needed.some((other) => path.startsWith(`${other}/`)));
  const isThere = await Promise.all(
    // Packages of other platforms are in the lock file but not installed.
    outer.map((path) =>
      access(projectPath(path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return outer.filter((_, index) => isThere[index]);
}

/** The paths of packages in the lock, and of all that they need. Pure. */
function reachable(packages: Packages, roots: readonly string[]): readonly string[] {
  const found = new Set(roots.map((name) => `node_modules/${name}`));
  // The loop over a set also visits what is added during the loop.
  for (const path of found) {
    const {
      dependencies,
      optionalDependencies,
      peerDependencies = {},
      peerDependenciesMeta = {},
    } = packages[path] ?? {};
    const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const place = nearest(packages, path, name);
      if (place !== undefined) found.add(place);
    }
  }
  return [...found];
}

/** Where a package finds another one, as Node looks for it: in its own folder, then further out. */
function nearest(packages: Packages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}
