import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { assessManifest, badManifests, type ManifestError, type ManifestVerdict } from '../core/check-manifest.ts';
import { SwarmError } from '../core/errors.ts';
import { type Manifest, nickOf } from '../core/manifest.ts';
import { foldNick, SWARM_CASEMAPPING } from '../core/nick.ts';

/** Far above any real manifest; a larger file is a mistake or an attack. */
const MAX_MANIFEST_BYTES = 64 * 1024;

/** A manifest and the file it came from. */
interface Loaded {
  readonly file: string;
  readonly manifest: Manifest;
}

/**
 * Reads the manifest of every agent folder in the sources (folders of agent folders), ordered by wallet index.
 * A folder is an agent's when its name starts with `kk-` or it holds a manifest.yaml.
 * @throws SwarmError `core/bad-manifest` with all errors of all files; `core/no-manifests` when a source can't be
 * read or there is no agent in any.
 */
export async function loadManifests(sources: readonly string[]): Promise<readonly Manifest[]> {
  const verdicts: (Loaded | readonly ManifestError[])[] = [];
  for (const source of sources) {
    for (const folder of await agentFolders(source)) verdicts.push(await loadFolder(source, folder));
  }
  const loaded = verdicts.filter((verdict): verdict is Loaded => 'manifest' in verdict);
  const errors = [...verdicts.flatMap((verdict) => ('manifest' in verdict ? [] : verdict)), ...clashes(loaded)];
  if (errors.length > 0) throw badManifests(errors);
  if (loaded.length === 0) throw noManifests(sources.join(', ') || 'the list of sources', 'holds no agent folder');
  return loaded.map(({ manifest }) => manifest).sort((a, b) => a.spec.wallet.index - b.spec.wallet.index);
}

async function agentFolders(source: string): Promise<readonly string[]> {
  const entries = await readdir(source, { withFileTypes: true }).catch((cause: unknown) => {
    throw noManifests(source, 'cannot be read as a folder', cause);
  });
  const folders: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    if (entry.name.startsWith('kk-') || (await sizeOf(join(source, entry.name, 'manifest.yaml'))) !== undefined) {
      folders.push(entry.name);
    }
  }
  return folders.sort();
}

async function loadFolder(source: string, folder: string): Promise<Loaded | readonly ManifestError[]> {
  const file = join(source, folder, 'manifest.yaml');
  const errorAt = (path: string, detail: string): ManifestError => ({ file, path, detail });
  const errors: ManifestError[] = [];
  const soulBytes = await sizeOf(join(source, folder, 'SOUL.md'));
  if (soulBytes === undefined || soulBytes === 0) {
    errors.push(errorAt('', 'SOUL.md is missing or empty beside it; write who the agent is'));
  }
  const sizeBytes = await sizeOf(file);
  if (sizeBytes === undefined) return [errorAt('', 'is missing; copy one from another agent folder'), ...errors];
  if (sizeBytes > MAX_MANIFEST_BYTES) return [errorAt('', `is ${sizeBytes} bytes; ${MAX_MANIFEST_BYTES} at most`)];

  const verdict = assessYaml(await readFile(file, 'utf8'), file);
  if (!verdict.ok) return [...verdict.errors, ...errors];
  const { name } = verdict.manifest.metadata;
  if (name !== folder) errors.push(errorAt('metadata.name', `"${name}" must be the folder's name, "${folder}"`));
  return errors.length > 0 ? errors : { file, manifest: verdict.manifest };
}

/** Parses YAML 1.2 with its core schema: no dates, no custom tags, no duplicate keys. */
function assessYaml(text: string, file: string): ManifestVerdict {
  const refuse = (detail: string): ManifestVerdict => ({ ok: false, errors: [{ file, path: '', detail }] });
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true });
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined)
    return refuse(`is not valid YAML: ${(broken.message.split('\n', 1)[0] ?? '').replace(/:$/, '')}`);
  try {
    return assessManifest(document.toJS({ maxAliasCount: 20 }), file);
  } catch {
    return refuse('is not valid YAML: too many aliases; write the values out');
  }
}

/** Finds names, nicks (IRC compares them case-insensitively) and wallets that two agents share. */
function clashes(loaded: readonly Loaded[]): readonly ManifestError[] {
  const unique: readonly { readonly path: string; readonly of: (manifest: Manifest) => string }[] = [
    { path: 'metadata.name', of: (manifest) => manifest.metadata.name },
    { path: 'metadata.nick', of: (manifest) => foldNick(nickOf(manifest), SWARM_CASEMAPPING) },
    { path: 'spec.wallet.index', of: (manifest) => String(manifest.spec.wallet.index) },
  ];
  return unique.flatMap(({ path, of }) => {
    const first = new Map<string, string>();
    return loaded.flatMap(({ file, manifest }) => {
      const value = of(manifest);
      const other = first.get(value);
      if (other === undefined) {
        first.set(value, file);
        return [];
      }
      return [{ file, path, detail: `${value} is already taken by ${other}` }];
    });
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}

function noManifests(what: string, why: string, cause?: unknown): SwarmError {
  return new SwarmError({
    code: 'core/no-manifests',
    disposition: 'stop',
    message: `${what} ${why}, so there is no agent to run`,
    next: 'Name a folder with one sub-folder an agent, each with manifest.yaml and SOUL.md, such as agents/.',
    cause,
  });
}
