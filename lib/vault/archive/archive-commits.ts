import { gitEmail } from '../../core/git-environment.ts';
import { SWARM } from '../../core/ids.ts';
import type { Git } from '../git.ts';

/** A commit to make of files that the repository holds, and of new ones. */
export interface FilesCommit {
  readonly message: string;
  /** The commit before it, whose files it keeps; undefined for the first of a ref. */
  readonly parent: string | undefined;
  /** Files by their blob ids, new ones by their text, and undefined for those that are deleted. */
  readonly files: Iterable<
    readonly [path: string, file: { readonly digest: string } | { readonly text: string } | undefined]
  >;
}

/** A ref on the commits until they have one of their own, so that git gc keeps them. */
const CANDIDATE = 'refs/karmakadabra/archive-candidate';

/** Makes a commit by the swarm and returns its id. Moves no branch. @throws what running git throws. */
export async function commitFiles(git: Git, { message, parent, files }: FilesCommit, at: number): Promise<string> {
  const parts: Buffer[] = [];
  const put = (text: string): void => void parts.push(Buffer.from(text));
  const putData = (text: string): void => {
    const bytes = Buffer.from(text);
    put(`data ${bytes.length}\n`);
    parts.push(bytes, Buffer.from('\n'));
  };
  const who = `${SWARM} <${gitEmail(SWARM)}> ${at} +0000`;
  // From nothing: the ref may be there from a run that was killed.
  put(`reset ${CANDIDATE}\n\ncommit ${CANDIDATE}\nmark :1\nauthor ${who}\ncommitter ${who}\n`);
  putData(`${message}\n`);
  if (parent !== undefined) put(`from ${parent}\n`);
  for (const [path, file] of files) {
    if (file === undefined) put(`D ${path}\n`);
    else if ('digest' in file) put(`M 100644 ${file.digest} ${path}\n`);
    else {
      put(`M 100644 inline ${path}\n`);
      putData(file.text);
    }
  }
  put('\nget-mark :1\ndone\n');
  const output = await git.run(['fast-import', '--quiet', '--force', '--done'], { input: Buffer.concat(parts) });
  return output.trim();
}

/** Sets a ref if it is what it was; `from` is undefined for a new one. Returns whether it was set: false when somebody else moved it. */
export async function moveRef(git: Git, ref: string, from: string | undefined, to: string): Promise<boolean> {
  try {
    await git.run(['update-ref', '--no-deref', ref, to, from ?? '0'.repeat(to.length)]);
    return true;
  } catch (error) {
    if ((await refAt(git, ref)) !== from) return false;
    // A push holds the lock for some milliseconds.
    if (error instanceof Error && /cannot lock ref|unable to create/i.test(error.message)) return false;
    throw error;
  }
}

/** The commit of a ref; undefined when there is none. */
export async function refAt(git: Git, ref: string): Promise<string | undefined> {
  const found = await git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(() => '');
  return found.trim() === '' ? undefined : found.trim();
}
