import { setImmediate as nextTurn } from 'node:timers/promises';
import { activeContentIn, activeContentInAdded } from '../core/active-content.ts';
import { PEOPLE } from '../core/ids.ts';
import { isPage, pathOwner } from '../vault/paths.ts';
import { type GitPlace, readObjects } from './git-objects.ts';
import type { FileChange } from './owner-rules.ts';

/** So much is searched at once; between parts of what was added to a log the loop has a turn. A line is not divided. */
const MAX_PART_BYTES = 256 * 1024;

/** The longest line that is searched, which holds the hub up meanwhile. */
const MAX_LINE_BYTES = 1024 * 1024;

/** A log that doesn't only grow is read whole, which holds the hub up: it may not be larger. */
const MAX_REWRITTEN_BYTES = 1024 * 1024;

/**
 * Finds notes of agents and services whose new text Obsidian would run, embed or load from the network for whoever opens them.
 * Of a log that only grew, the new lines are read.
 */
export async function contentErrors(place: GitPlace, changes: readonly FileChange[]): Promise<readonly string[]> {
  const notes = changes.filter(
    ({ path, to }) => to !== undefined && path.endsWith('.md') && pathOwner(path) !== PEOPLE,
  );
  const pages = notes.filter(({ path }) => isPage(path));
  const errors = new Set<string>();
  /** Searches a text once, however many paths it stands at. */
  const judge = (paths: readonly string[], text: string, find = activeContentIn) => {
    const active = find(text);
    if (active === undefined) return;
    for (const path of paths) errors.add(`${path} contains ${active}; notes of agents hold text only`);
  };

  const paths = new Map<string, string[]>();
  for (const { path, to } of pages) {
    if (to === undefined) continue;
    const others = paths.get(to.digest);
    if (others === undefined) paths.set(to.digest, [path]);
    else others.push(path);
  }
  await readObjects(place, [...paths.keys()], (digest, bytes) => {
    judge(paths.get(digest) ?? [], bytes.toString('utf8'));
  });

  // Each log's version before stands in front of the new one, so that one is held at a time.
  const logs = notes.flatMap(({ path, from, to }) =>
    isPage(path) || to === undefined ? [] : [{ path, from: from?.digest, to: to.digest }],
  );
  const order = logs.flatMap((log) => [
    ...(log.from === undefined ? [] : [{ log, isBefore: true, digest: log.from }]),
    { log, isBefore: false, digest: log.to },
  ]);
  let next = 0;
  let before: { readonly path: string; readonly bytes: Buffer } | undefined;
  const names = order.map(({ digest }) => digest);
  const long: (readonly [log: (typeof logs)[number], start: number])[] = [];
  await readObjects(place, names, (digest, bytes) => {
    // One that isn't there was left out.
    while (order[next]?.digest !== digest && next < order.length) next += 1;
    const { log, isBefore } = order[next++] ?? {};
    if (log === undefined) return;
    if (isBefore === true) {
      before = { path: log.path, bytes };
      return;
    }
    const old = before?.path === log.path ? before.bytes : undefined;
    const hasGrown = old !== undefined && bytes.subarray(0, old.length).equals(old);
    if (!hasGrown && bytes.length > MAX_REWRITTEN_BYTES) {
      errors.add(
        `${log.path} is a log of over ${MAX_REWRITTEN_BYTES / 2 ** 20} MiB that was rewritten; a log only grows`,
      );
      return;
    }
    // From the start of the line that was the last.
    const start = hasGrown ? old.lastIndexOf(10) + 1 : 0;
    if (start > 0 && bytes.length - start > MAX_PART_BYTES) {
      long.push([log, start]);
      return;
    }
    judge([log.path], bytes.subarray(start).toString('utf8'), start === 0 ? activeContentIn : activeContentInAdded);
  });
  for (const [{ path, to }, start] of long) {
    let added: Buffer | undefined;
    await readObjects(place, [to], (_digest, bytes) => {
      added = bytes.subarray(start);
    });
    for (const part of partsOf(added ?? Buffer.alloc(0))) {
      if (part.length > MAX_LINE_BYTES)
        errors.add(`${path} has a line of over ${MAX_LINE_BYTES / 2 ** 20} MiB; break it into several`);
      else judge([path], part.toString('utf8'), activeContentInAdded);
      await nextTurn();
    }
  }
  return [...errors];
}

/** Divides lines into parts of a bounded size; a longer line is a part of its own. */
function* partsOf(lines: Buffer): Generator<Buffer> {
  for (let at = 0; at < lines.length; ) {
    const last =
      lines.length - at <= MAX_PART_BYTES ? lines.length : lines.lastIndexOf(10, at + MAX_PART_BYTES - 1) + 1;
    const next = last > at ? last : lines.indexOf(10, at) + 1 || lines.length;
    yield lines.subarray(at, next);
    at = next;
  }
}
