import { SwarmError } from '../core/errors.ts';
import { agentName, OPS, PEOPLE, TREASURY } from '../core/ids.ts';

/** The agent that renders the shared pages. */
export const COORDINATOR = 'kk-coordinator';

const MAX_PATH_BYTES = 400;
const MAX_NAME_BYTES = 200;
const RENDERED = new Set(['shared/supply-chain.md', 'shared/ledger.md', 'shared/tasks.md']);

/** The name of the copy that keeps a person's overwritten edit beside the note: `<name>.people-<short blob id>.<extension>`. */
const SAVED_COPY = /\.people-[0-9a-f]{8}(?=(?:\.[^./]+)?$)/;

/**
 * Whether a path is valid in the vault on every machine: relative, with `/`, no empty, hidden or dotted parts but
 * `.obsidian` and `.gitignore` at the top, nothing that Windows or git refuses, bounded in length.
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

/** The path of the copy that keeps a person's version of a note when it is overwritten; `digest` is its blob id. */
export function savedCopyPath(path: string, digest: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  const at = dot > slash + 1 ? dot : path.length;
  return `${path.slice(0, at)}.people-${digest.slice(0, 8)}${path.slice(at)}`;
}

/** Whether a path is such a saved copy. Readers ignore it. */
export function isSavedCopy(path: string): boolean {
  return SAVED_COPY.test(path);
}

/** The path of the note that a saved copy belongs to; undefined when the path isn't a saved copy. */
export function savedCopyOf(path: string): string | undefined {
  return isSavedCopy(path) ? path.replace(SAVED_COPY, '') : undefined;
}

/** Whether a path is a page that is read every beat. Logs and attachments grow without bound and are read when asked for. */
export function isPage(path: string): boolean {
  return path.endsWith('.md') && !/^agents\/[^/]+\/log\//.test(path);
}

/** Whether a page is at the top of the vault or directly in a folder such as an agent's. There are few; their text stays in memory. */
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
