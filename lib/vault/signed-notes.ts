import type { ReadableKind } from '../core/note.ts';
import { CONFIG_PATH, configKind, isConfigText, requirementsFacts } from '../core/protocol.ts';
import { QUARANTINE_FOLDER, quarantineFacts, quarantineKind, quarantinePath } from '../core/quarantine.ts';
import type { SignedFacts } from '../core/signed-note.ts';
import type { VaultIndex } from '../core/vault.ts';
import { decodeNote } from './codec.ts';
import type { FileVersion } from './path-history.ts';

/** Where signed notes are. */
export const SIGNED_PATHS: readonly string[] = [CONFIG_PATH, QUARANTINE_FOLDER];

/** Whether a signed note may stand at a path. */
export function isSignedPath(path: string): boolean {
  return path === CONFIG_PATH || quarantineKind.path.test(path);
}

/** A note that agents obey if an operator signed it. Its signatures are not verified yet. */
export interface SignedNote {
  readonly path: string;
  /** Undefined when the note can't be read. */
  readonly facts: SignedFacts | undefined;
  readonly signatures: readonly string[];
}

/** The signed notes of a head. Pages for people at these paths don't count. */
export function signedNotesIn(vault: VaultIndex): readonly SignedNote[] {
  const config = vault.text(CONFIG_PATH);
  const orders = vault.notes(quarantineKind).map(({ path, data }) => quarantineNote(path, data));
  return config === undefined ? orders : [...listOf(signedNoteOf(CONFIG_PATH, config)), ...orders];
}

/** The signed notes among versions of files, one after the other. */
export async function* signedNotesOf(versions: AsyncIterable<FileVersion>): AsyncGenerator<SignedNote> {
  for await (const { path, text } of versions) yield* listOf(signedNoteOf(path, text));
}

/** The signed note in a text; undefined when it is a page for people. */
export function signedNoteOf(path: string, text: string): SignedNote | undefined {
  if (path === CONFIG_PATH) {
    if (!isConfigText(text)) return undefined;
    const data = decoded(configKind, path, text);
    if (data === undefined) return { path, facts: undefined, signatures: [] };
    return { path, facts: requirementsFacts(data, data.signedAt ?? 0), signatures: data.signatures ?? [] };
  }
  const data = decoded(quarantineKind, path, text);
  return data === undefined ? undefined : quarantineNote(path, data);
}

function quarantineNote(path: string, data: ReturnType<typeof quarantineKind.schema.parse>): SignedNote {
  const { agent, signedAt = 0, signatures = [] } = data;
  // A note about one agent at the path of another means neither.
  const facts = path === quarantinePath(agent) ? quarantineFacts(data, signedAt) : undefined;
  return { path, facts, signatures };
}

function decoded<Data>(kind: ReadableKind<Data>, path: string, text: string): Data | undefined {
  const note = decodeNote(kind, path, text);
  return note.ok ? note.data : undefined;
}

function listOf<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}
