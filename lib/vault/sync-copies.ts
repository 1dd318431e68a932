/** What sync tools, browsers and file managers put behind a note's name (without its ending) when they make a second one. */
const BEHIND = [
  // `state 2`, `state (1)`, `state (conflicted copy 2024-05-03)`, `state [1]`, `state~`, `state.sync-conflict-…`, `state.bak`
  /^[^\p{L}\p{N}_-]/u,
  // `state - Copy`, `state-DESKTOP-7A2B`, `state-conflict-2`, `state_conf(1)`
  /^\s*[-_]\s+/u,
  /^-[A-Z][A-Z0-9-]*$/,
  /^[-_](?:conf|copy|backup|old|orig)/iu,
];
/** What they put before it. */
const BEFORE = /^(?:copy (?:\(\d+\) )?of |copia de |copie de |kopie von |~\$|\.?~lock\.|\.#|#)/iu;

/** Whether a name, new in its folder, is a second one that a program made of a note there. */
export function isCopyName(path: string, siblings: Iterable<string>): boolean {
  const name = nameOf(path);
  if (BEFORE.test(name) || /\.sync-conflict-\d{8}-|conflicted copy|case conflict/iu.test(name)) return true;
  for (const sibling of siblings) {
    const stem = nameOf(sibling).replace(/\.[^.]+$/, '');
    if (stem === '' || !name.startsWith(stem) || name === nameOf(sibling)) continue;
    const behind = name.slice(stem.length).replace(/\.[^.]+$/, '');
    if (behind !== '' && BEHIND.some((pattern) => pattern.test(behind))) return true;
  }
  return false;
}

/** The name under which iCloud keeps a file that it removed from this disk. */
export function placeholderOf(path: string): string {
  const at = path.lastIndexOf('/') + 1;
  return `${path.slice(0, at)}.${path.slice(at)}.icloud`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
