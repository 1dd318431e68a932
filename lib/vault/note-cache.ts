import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NoteProblem } from '../core/note.ts';
import type { BlobReader } from './blob-reader.ts';
import { NOTE_LIMITS } from './codec.ts';
import { createFronts } from './fronts.ts';
import { createKeptTexts, type KeptTexts } from './kept-texts.ts';
import {
  createFolderNotes,
  createJoiner,
  type FileNotes,
  type FolderNotes,
  type JoinFolders,
  type KindNotes,
} from './kind-notes.ts';
import { createKnownNotes } from './known-notes.ts';
import { NO_INDEX, type NoteIndex } from './note-index.ts';
import { isNoteOf, type Kind, type ParsedNote, parseNote } from './parsed-note.ts';
import { isPage } from './paths.ts';
import { createScopeFinder } from './scope-tally.ts';
import type { Folder, Tree, TreeFile } from './tree.ts';
import { createYamlBudget, type YamlFile } from './yaml-budget.ts';

/** How many files are read from git at once. */
const FILES_AT_ONCE = 32;
/** How long notes are parsed before yielding to the event loop. One note takes up to some milliseconds more. */
const TURN_MS = 5;
/** How many files, and bytes of them, are read at once where a caller waits. */
const [FILES_NOW, BYTES_NOW] = [1000, 8 * 1024 * 1024];
type Content = Buffer | 'too-large' | undefined;

/** What a cache needs. */
export interface NoteCacheParts {
  readonly blobs: BlobReader;
  /** The kinds whose notes are parsed when a tree is loaded. Others are parsed when first asked for. */
  readonly kinds?: readonly Kind[];
  /** The stored results of parsing these kinds before. */
  readonly index?: NoteIndex;
  /** Which pages' text stays in memory: all, those at the top of a folder up to a bound, or none. */
  readonly texts: KeptTexts;
}

/** A tree as it is to be read, and what of it is not parsed. */
export interface LoadedTree {
  readonly tree: Tree;
  readonly problems: readonly NoteProblem[];
}

/** Parses each version of a note once, for all heads and readers. */
export interface NoteCache {
  /** The kinds asked for so far. */
  readonly kinds: () => readonly Kind[];
  readonly inFolder: (kind: Kind, folder: Folder) => FolderNotes;
  /** All notes of a kind in a tree; the same object as for the previous tree if none of them changed. */
  readonly inTree: (kind: Kind, tree: Tree) => KindNotes;
  readonly text: (file: TreeFile) => string | undefined;
  /**
   * Loads and parses the files that earlier trees didn't have, and marks those over their owner's bound on YAML. Yields to
   * the event loop. Calls must not overlap.
   */
  readonly load: (tree: Tree) => Promise<LoadedTree>;
  /** Removes notes that the newest tree no longer has, from memory and disk; does nothing until enough has changed. */
  readonly sweep: (newest: Tree) => void;
}

/** Creates a {@link NoteCache} over the blobs of a repository. */
export function createNoteCache({ blobs, kinds: loaded = [], index = NO_INDEX, texts }: NoteCacheParts): NoteCache {
  const asked = new Set<Kind>();
  const byFolder = new WeakMap<Folder, Map<Kind, FolderNotes>>();
  const fileNotes = new Map<Kind, FileNotes>();
  const joiners = new Map<Kind, JoinFolders>();
  const inTrees = new Map<Kind, { readonly folders: readonly FolderNotes[]; readonly notes: KindNotes }>();
  const loadedFolders = new WeakSet<Folder>();
  const loadedFiles = new WeakSet<TreeFile>();
  const yamlFiles = new WeakMap<Folder, readonly YamlFile[]>();
  const known = createKnownNotes(loaded, index);
  const budget = createYamlBudget();
  const fronts = createFronts();
  const kept = createKeptTexts(texts);
  /** The YAML of notes that were parsed when asked for, since the last load, by scope. */
  let spentNow = new Map<string, number>();
  /** The notes that were not parsed for it. */
  let refusedNow = new Map<TreeFile, ParsedNote>();

  function parse(kind: Kind, file: TreeFile, content: Content): ParsedNote {
    const front = fronts.read(file, content);
    const parsed = parseNote(kind, file.path, file.digest, front);
    return known.keep(kind, file, { parsed, yamlBytes: front.yamlBytes });
  }

  /** Parses a note of which nothing was loaded: its YAML counts from the last load on. */
  function parseAsked(kind: Kind, file: TreeFile, content: Content): ParsedNote {
    if (known.yamlBytes(file) === undefined) {
      const { folder, bounds } = createScopeFinder()(file.path);
      const spent = (spentNow.get(folder) ?? 0) + fronts.measure(file, content);
      if (spent > bounds.yamlBytes) {
        const detail = 'its owner has too much front matter in free form';
        const refused = { problem: { path: file.path, code: 'vault/not-parsed', detail } };
        refusedNow.set(file, refused);
        return refused;
      }
      spentNow.set(folder, spent);
    }
    return parse(kind, file, content);
  }

  function parseNow(kind: Kind, file: TreeFile): ParsedNote {
    // Only the front matter of a file that only grows is parsed, so only its start is read.
    const maxBytes = isPage(file.path) ? undefined : NOTE_LIMITS.maxFrontBytes;
    const found = known.lookUp(kind, file) ?? refusedNow.get(file);
    return found ?? parseAsked(kind, file, readyContent(file) ?? blobs.readNow(file.digest, maxBytes));
  }

  /** Parses what wasn't loaded of a kind in some folders, with few processes however many files there are. */
  function parseManyNow(kind: Kind, folders: readonly Folder[]): void {
    let [some, bytes]: [TreeFile[], number] = [[], 0];
    const parseSome = (): void => {
      const contents = some.length > 1 ? blobs.readManyNow(some) : undefined;
      for (const file of some) {
        if (contents === undefined) parseNow(kind, file);
        else parseAsked(kind, file, contents.get(file.digest));
      }
      [some, bytes] = [[], 0];
    };
    for (const folder of folders) {
      for (const file of folder.values()) {
        const isMissing =
          isNoteOf(kind, file) && readyContent(file) === undefined && known.lookUp(kind, file) === undefined;
        if (!isMissing || file.sizeBytes > BYTES_NOW) continue;
        some.push(file);
        bytes += file.sizeBytes;
        if (some.length >= FILES_NOW || bytes >= BYTES_NOW) parseSome();
      }
    }
    parseSome();
  }

  function inFolder(kind: Kind, folder: Folder): FolderNotes {
    asked.add(kind);
    const byKind = byFolder.get(folder) ?? new Map<Kind, FolderNotes>();
    byFolder.set(folder, byKind);
    const files = fileNotes.get(kind) ?? new WeakMap();
    fileNotes.set(kind, files);
    const found = byKind.get(kind) ?? createFolderNotes(kind, folder, files, (file) => parseNow(kind, file));
    byKind.set(kind, found);
    return found;
  }

  const missingKinds = (file: TreeFile): readonly Kind[] =>
    loaded.filter((kind) => isNoteOf(kind, file) && known.lookUp(kind, file) === undefined);

  /** Reads a file if it is needed; undefined when it isn't. */
  async function readFile(file: TreeFile, isTextKept: boolean): Promise<{ readonly content: Content } | undefined> {
    if (!isTextKept && missingKinds(file).length === 0) return undefined;
    const content = readyContent(file) ?? (await blobs.read(file.digest, NOTE_LIMITS.maxBytes));
    if (isTextKept) kept.keep(file, content);
    return { content };
  }

  /** Parses files that were read, but for those with YAML: how much of it there is must be known first. */
  function parseRead(file: TreeFile, content: Content): void {
    const yamlBytes = fronts.measure(file, content);
    known.setYamlBytes(file, yamlBytes);
    if (yamlBytes === 0) for (const kind of missingKinds(file)) parse(kind, file, content);
  }

  async function loadFiles(files: readonly TreeFile[], texts: ReadonlySet<TreeFile>): Promise<void> {
    let turnEnds = performance.now() + TURN_MS;
    for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
      const some = files.slice(at, at + FILES_AT_ONCE);
      const contents = await Promise.all(some.map((file) => readFile(file, texts.has(file))));
      for (const [position, file] of some.entries()) {
        const found = contents[position];
        if (found !== undefined) parseRead(file, found.content);
        loadedFiles.add(file);
        if (performance.now() < turnEnds) continue;
        await nextTurn();
        turnEnds = performance.now() + TURN_MS;
      }
    }
  }

  /** Parses the files with YAML that may be. */
  async function loadYaml(files: readonly TreeFile[]): Promise<void> {
    for (const file of files) {
      const missing = missingKinds(file);
      if (missing.length === 0) continue;
      const content = readyContent(file) ?? (await blobs.read(file.digest, NOTE_LIMITS.maxBytes));
      for (const kind of missing) parse(kind, file, content);
      await nextTurn();
    }
  }

  function yamlFilesOf(folder: Folder): readonly YamlFile[] {
    const found = yamlFiles.get(folder);
    if (found !== undefined) return found;
    const files = [...folder.values()].flatMap((file): YamlFile[] => {
      const yamlBytes = isPage(file.path) ? (known.yamlBytes(file) ?? 0) : 0;
      return yamlBytes === 0 ? [] : [{ file, yamlBytes }];
    });
    yamlFiles.set(folder, files);
    return files;
  }

  return {
    kinds: () => [...asked],
    inFolder,
    inTree: (kind, tree) => {
      const all = [...tree.folders.values()];
      parseManyNow(
        kind,
        all.filter((folder) => byFolder.get(folder)?.has(kind) !== true),
      );
      const folders = all.map((folder) => inFolder(kind, folder));
      const before = inTrees.get(kind);
      const isSame =
        before?.folders.length === folders.length && before.folders.every((one, at) => one === folders[at]);
      if (isSame) return before.notes;
      const join = joiners.get(kind) ?? createJoiner();
      joiners.set(kind, join);
      const joined = join(folders);
      inTrees.set(kind, { folders, notes: joined });
      return joined;
    },
    text: (file) => {
      if (file.content instanceof Buffer) return file.content.toString('utf8');
      const content = blobs.readNow(file.digest);
      if (content !== undefined && file.content === undefined) kept.keepAsked(file, content);
      return content?.toString('utf8');
    },
    load: async (tree) => {
      const folders = [...tree.folders.values()].filter((folder) => !loadedFolders.has(folder));
      const pages = folders.flatMap((folder) => [...folder.values()].filter(({ path }) => isPage(path)));
      const isTextKept = new Set(folders.flatMap((folder) => kept.choose(folder)));
      await loadFiles(
        pages.filter((file) => !loadedFiles.has(file)),
        isTextKept,
      );
      for (const folder of folders) loadedFolders.add(folder);
      const { tree: read, allowed, problems } = budget(tree, yamlFilesOf);
      await loadYaml(allowed);
      [spentNow, refusedNow] = [new Map(), new Map()];
      return { tree: read, problems };
    },
    sweep: known.sweep,
  };
}

/** What is known of a file's content without reading it. */
function readyContent({ path, sizeBytes, content }: TreeFile): Content {
  return content ?? (isPage(path) && sizeBytes > NOTE_LIMITS.maxBytes ? 'too-large' : undefined);
}
