import { SwarmError } from '../core/errors.ts';
import { agentName, OPS, PEOPLE, TREASURY } from '../core/ids.ts';

/** The agent that renders the shared pages. */
export const COORDINATOR = 'kk-coordinator';

const MAX_PATH_BYTES = 400;
const MAX_NAME_BYTES = 200;
const RENDERED = new Set(['shared/supply-chain.md', 'shared/ledger.md', 'shared/tasks.md']);

/** What a person's overwritten edit is kept under, beside the note: `<name>.people-<short blob id>.<extension>`. */
const SAVED_COPY = /\.people-[0-9a-f]{8}(?=(?:\.[^./]+)?$)/;

/**
 * Whether a path can stand in the vault on every machine: relative, with `/`, no empty, hidden or dotted parts but
 * `.obsidian` and `.gitignore` at the top, nothing that Windows or git refuse, bounded in length.
 */
export function isSafePath(path: string): boolean {
  if (path === '' || Buffer.byteLength(path) > MAX_PATH_BYTES) return false;
  return path.split('/').every((name, index) => isSafeName(name, index === 0));
}

/** The identity that writes a path: an agent its folder, the renderers their pages, people the rest. */
export function pathOwner(path: string): string {
  const [top, second, third] = path.split('/');
  if (top === 'agents' && second !== undefined && third !== undefined && agentName.safeParse(second).success)
    return second;
  if (RENDERED.has(path)) return COORDINATOR;
  if (top === 'shared' && second === 'treasury' && third !== undefined) return TREASURY;
  if (path === 'shared/alerts.md') return OPS;
  return PEOPLE;
}

/**
 * Checks that an author may write a path.
 * @throws SwarmError `vault/bad-path` or `vault/not-yours`.
 */
export function checkPath(author: string, path: string): void {
  if (!isSafePath(path)) {
    throw new SwarmError({
      code: 'vault/bad-path',
      disposition: 'stop',
      message: `${JSON.stringify(path.slice(0, 120))} can't be a path in the vault`,
      next: 'Use a relative path with /, without hidden parts, control characters or characters that file systems refuse.',
    });
  }
  const owner = pathOwner(path);
  if (owner === author) return;
  throw new SwarmError({
    code: 'vault/not-yours',
    disposition: 'stop',
    message: `${author} may not write ${path}: it belongs to ${owner}`,
    next: `Write under agents/${author}/, or let ${owner} write it.`,
  });
}

/** Where a person's version of a note is kept when another version takes its place; `digest` is its blob id. */
export function savedCopyPath(path: string, digest: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  const at = dot > slash + 1 ? dot : path.length;
  return `${path.slice(0, at)}.people-${digest.slice(0, 8)}${path.slice(at)}`;
}

/** Whether a path is such a kept version: no reader takes it for a note. */
export function isSavedCopy(path: string): boolean {
  return SAVED_COPY.test(path);
}

/** The path beside which such a version is kept; undefined where the path is none. */
export function savedCopyOf(path: string): string | undefined {
  return isSavedCopy(path) ? path.replace(SAVED_COPY, '') : undefined;
}

/** Whether a path is a page that is read every beat; logs and attachments grow for ever and are read when asked for. */
export function isPage(path: string): boolean {
  return path.endsWith('.md') && !/^agents\/[^/]+\/log\//.test(path);
}

/** Whether a path is a page at the top of the vault, of an agent's folder or of another one: its text is compared, and it is one of few. */
export function isTopPage(path: string): boolean {
  return isPage(path) && path.split('/').length <= 3;
}

function isSafeName(name: string, isTop: boolean): boolean {
  if (name === '' || Buffer.byteLength(name) > MAX_NAME_BYTES) return false;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\\:*?"<>|]/u.test(name)) return false;
  if (/^\s|[\s.]$/u.test(name) || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name) || /~\d+$/.test(name))
    return false;
  return !name.startsWith('.') || (isTop && (name === '.obsidian' || name === '.gitignore'));
}
