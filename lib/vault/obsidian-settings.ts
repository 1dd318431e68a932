import { z } from 'zod';
import { foldPath } from './fold-path.ts';

/**
 * Obsidian's settings that a vault shares. Everything else below `.obsidian` is code or style that Obsidian runs (plugins,
 * themes, snippets), turns such code on (`community-plugins.json`) or is one person's (layouts): it stays with who
 * installed it, untracked.
 */
const SHARED_SETTINGS: ReadonlySet<string> = new Set(
  ['app', 'appearance', 'bookmarks', 'core-plugins', 'daily-notes', 'graph', 'hotkeys', 'templates', 'types'].map(
    (name) => `.obsidian/${name}.json`,
  ),
);

/** What the first commit brings, and no later one changes: the opened page, and the style of dashboards. */
const SEEDED: ReadonlySet<string> = new Set(['.obsidian/workspace.json', '.obsidian/snippets/karmakadabra.css']);

/** The snippets that a vault may turn on. */
const SNIPPETS: ReadonlySet<unknown> = new Set(['karmakadabra']);
/** Core plugins that send notes elsewhere, bring notes in, or load pages from the network. */
const NETWORK_PLUGINS: readonly string[] = ['publish', 'sync', 'webviewer'];

/** What a vault's `.gitignore` must go on ignoring. */
const IGNORED: readonly string[] = ['.trash/'];
/** The same below `.obsidian`, unless all of it is ignored but the shared settings. */
const IGNORED_OF_OBSIDIAN: readonly string[] = ['workspace*.json', 'cache', 'plugins/', 'themes/'];
const ALL_OF_OBSIDIAN = '.obsidian/*';

/** Files that systems and editors leave, which a vault may ignore. */
const SCRATCH_FILES: ReadonlySet<string> = new Set([
  ...['Thumbs.db', 'desktop.ini', '*~', '*.tmp', '*.bak', '*.swp', '*.orig', '*.rej', '*.log'],
]);
/** Folders of people in which everybody writes, as names compare where case doesn't count. */
const COMMON_FOLDERS: ReadonlySet<string> = new Set(
  ['wishes', 'decisions', 'mandates', 'attachments'].map((name) => foldPath(name)),
);

/** Whether a path below `.obsidian` is a setting that the vault shares, spelled exactly. */
export function isObsidianSetting(path: string): boolean {
  return SHARED_SETTINGS.has(path) || SEEDED.has(path);
}

/** Whether a path is a setting that only the seed writes. */
export function isSeededSetting(path: string): boolean {
  return SEEDED.has(path);
}

/** Whether a path's text is judged by {@link settingError}. */
export function isJudgedSetting(path: string): boolean {
  return path === '.gitignore' || SHARED_SETTINGS.has(path);
}

/** Why a shared setting's text is refused: it would run, load or track what is one person's; undefined when it is fine. */
export function settingError(path: string, text: string): string | undefined {
  if (path === '.gitignore') return ignoreError(text);
  const value = parseSetting(text);
  if (value === undefined) return 'is not a JSON object';
  switch (path) {
    case '.obsidian/appearance.json':
      return appearanceError(value);
    case '.obsidian/core-plugins.json':
      return pluginError(value);
    case '.obsidian/app.json':
      if (value.safeMode === false) return 'turns community plugins on; each person does that alone';
      return value.uriCallbacks === true ? 'lets links call other programs' : undefined;
    case '.obsidian/daily-notes.json':
      return value.autorun === true ? 'writes a note whenever somebody opens the vault' : undefined;
    case '.obsidian/hotkeys.json':
      return hotkeys.safeParse(value).success ? undefined : 'binds a command to a key without Ctrl, Alt or Cmd';
    default:
      return undefined;
  }
}

/** A setting as Obsidian reads it; a list of names, as its older versions wrote, is read as names that are on. */
function parseSetting(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    // Such a key would give the settings another prototype: it has no honest use.
    value = JSON.parse(text, (key, inner: unknown) => {
      if (key === '__proto__') throw new TypeError(key);
      return inner;
    });
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return Object.fromEntries(value.map((name) => [String(name), true]));
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function appearanceError(value: Readonly<Record<string, unknown>>): string | undefined {
  const { cssTheme = '', enabledCssSnippets = [] } = value;
  if (cssTheme !== '') return 'turns a theme on; each person chooses a theme alone';
  if (!Array.isArray(enabledCssSnippets) || !enabledCssSnippets.every((name) => SNIPPETS.has(name)))
    return `turns a CSS snippet on other than ${[...SNIPPETS].join(', ')}`;
  // Fonts and colours become CSS.
  return Object.values(value).some((one) => typeof one === 'string' && /[:;(){}@\\]/.test(one))
    ? 'has a font or colour that is not a plain name'
    : undefined;
}

function pluginError(value: Readonly<Record<string, unknown>>): string | undefined {
  const on = NETWORK_PLUGINS.filter((name) => value[name] !== undefined && value[name] !== false);
  return on.length === 0
    ? undefined
    : `turns on ${on.join(', ')}, which reaches the network; each person does that alone`;
}

const hotkeys = z.record(
  z.string(),
  z.array(z.object({ modifiers: z.array(z.string()), key: z.string() }).refine(isOutOfTheWay)),
);

/** Whether nobody presses a key by typing. */
function isOutOfTheWay({ modifiers, key }: { readonly modifiers: readonly string[]; readonly key: string }): boolean {
  return /^F\d+$/.test(key) || modifiers.some((name) => name !== 'Shift');
}

function ignoreError(text: string): string | undefined {
  const lines = text.split('\n').map(withoutEnd);
  const needed = lines.includes(ALL_OF_OBSIDIAN) ? [] : IGNORED_OF_OBSIDIAN.map((name) => `.obsidian/${name}`);
  const missing = [...IGNORED, ...needed].filter((pattern) => !lines.includes(pattern));
  if (missing.length > 0)
    return `must go on ignoring ${missing.join(', ')}: what one person installs isn't everybody's`;
  const opened = lines.find((line) => line.startsWith('!') && !SHARED_SETTINGS.has(line.slice(1)));
  if (opened !== undefined) return `would track ${JSON.stringify(opened.slice(1, 80))}`;
  const hidden = lines.find((line) => !/^(?:$|#|!)/.test(line) && !hidesLittle(line));
  return hidden === undefined
    ? undefined
    : `would keep what others write out of the vault: ${JSON.stringify(hidden.slice(0, 80))}; a folder of its own below people, as in people/private/, may be ignored`;
}

/** A line without the spaces and the carriage return that git ignores at its end. A search for them would start at each space. */
function withoutEnd(line: string): string {
  let end = line.endsWith('\r') ? line.length - 1 : line.length;
  while (line[end - 1] === ' ') end -= 1;
  return line.slice(0, end);
}

/** Whether a pattern ignores only what the vault doesn't take anyway, or one folder in which nobody else writes. */
function hidesLittle(pattern: string): boolean {
  if (pattern.startsWith('.') || SCRATCH_FILES.has(pattern)) return true;
  const own = /^\/?people\/([^/*?[\]\\]+)\/(?:[^*?[\]\\]+\/)?$/.exec(pattern)?.[1];
  return own !== undefined && !COMMON_FOLDERS.has(foldPath(own));
}
