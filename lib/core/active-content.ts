/**
 * What Obsidian and its usual plugins run, embed, load or link in a text, wherever they find it. Each pattern ends before the
 * character that makes it active, so that a space after the match takes its effect away. All are linear.
 */
const ACTIVE: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'an embed', pattern: /!(?=\[)/g },
  { what: 'a link', pattern: /\[(?=\[)|\](?=[([:])/g },
  { what: 'a callout or footnote', pattern: /\[(?=[!^])|\^(?=\[)/g },
  { what: 'HTML or a template', pattern: /<(?=[A-Za-z/!?%])/g },
  { what: 'a template', pattern: /\{(?=[{%])/g },
  { what: 'a comment', pattern: /%(?=%)/g },
  { what: 'an inline field', pattern: /:(?=:)/g },
  { what: 'a URL', pattern: /:(?=\/\/)|\b(?:www|ftp)\.(?=[A-Za-z0-9])/gi },
  { what: 'a URL', pattern: /\b(?:(?:javascript|vbscript|obsidian):(?=[^\s…])|data:(?=[a-z]{1,20}\/))/gi },
  { what: 'a code block', pattern: /~(?=~~)/g },
];

/** Characters that are active wherever they stand in a property, and what stands for them. */
const CHARACTERS: readonly { readonly what: string; readonly active: string; readonly inert: string }[] = [
  { what: 'an inline query or code', active: '`', inert: "'" },
  { what: 'math', active: '$', inert: '\uff04' },
];

/** The longest front matter in free form, which is what readers of notes parse. */
const MAX_YAML_CHARS = 16_384;
const [SHOWN_CHARS, MAX_DEPTH] = [40, 16];

/** What is allowed in a body beyond text: links to notes, and code spans without anything that a plugin takes for a query. */
const WIKILINK = /\[\[[^[\]|\r\n<>`%{}^\\]{1,300}(?:\\?\|[^[\]|\r\n<>`%{}^\\]{0,300})?\]\]/g;
const CODE_SPAN = /(?<![\\`])`[A-Za-z0-9!_.*'()/-]{1,600}`(?!`)/g;
const DIAGRAM_LINE =
  /^ {2}kk_[a-z0-9_]{1,40}\["kk-[a-z0-9_-]{1,40}"\] -->\|[a-z0-9-]{1,40}\| (?:kk_[a-z0-9_]{1,40}\["kk-[a-z0-9_-]{1,40}"\]|community\(\["\d{1,6} others"\]\))$/;
const TAG = /(?:^|\s)#(?=[^\s#])/;
const BLOCK_ID = /\s\^(?=[A-Za-z0-9-])/;

const FIELD = /^([A-Za-z][A-Za-z0-9_-]{0,63}): (.+)$/;
/** Each string in JSON, keys included: also one that a parser drops because its key comes again. */
const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;
/**
 * A property that makes a plugin show the page as its own, as in `excalidraw-plugin: parsed`. A colon isn't looked for:
 * YAML has keys whose colon stands on another line, or beside an alias of the key.
 */
const PLUGIN_KEY = /-plugin(?![\w-])/;

/**
 * Says what Obsidian or a plugin would run, embed, load or link in a string that is shown as a property; undefined if
 * nothing. Linear in the length of the text.
 */
export function activeIn(text: string): string | undefined {
  const character = CHARACTERS.find(({ active }) => text.includes(active));
  return character === undefined ? activePattern(text) : said(character.what, text, text.indexOf(character.active));
}

/** Says what is active in any string of front matter, at any depth, keys included; undefined if nothing is. */
export function activeInFields(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return activeIn(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return 'fields that nest too deep';
  for (const [key, item] of Object.entries(value)) {
    const found = activeIn(key) ?? pluginKey(key) ?? activeInFields(item, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One or two are needed. */
const MAX_ROUNDS = 8;

/**
 * Makes a string inert as a property: spaces go into what would be active, backquotes become apostrophes and dollar signs wide. A string in
 * which nothing is active stays the same, so signed text that readers accept does.
 */
export function inertValue(text: string): string {
  let inert = text;
  // What is put in can make another pattern match: some rounds reach what stays the same.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = inert;
    inert = ACTIVE.reduce((spaced, { pattern }) => spaced.replace(pattern, '$& '), inert);
    inert = CHARACTERS.reduce((all, one) => all.replaceAll(one.active, one.inert), inert);
    if (inert === before) break;
  }
  return inert;
}

/** {@link inertValue} of every string in front matter, at any depth. Keys stay. */
export function inertFields(value: unknown): unknown {
  if (typeof value === 'string') return inertValue(value);
  if (Array.isArray(value)) return value.map(inertFields);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inertFields(item)]));
}

/**
 * Escapes a string that must be read back exactly, so that nothing is active in it: percent-encoded where something would be.
 * {@link readExactText} undoes it.
 */
export function exactText(text: string): string {
  if (!text.includes('%') && activeIn(text) === undefined) return text;
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
    .replace(/[!.~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', ' ');
}

/** The string that {@link exactText} escaped. One that it can't have escaped stays as it is. */
export function readExactText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Says what Obsidian or a plugin would run, embed or load when somebody opens this page or a list that shows its
 * properties, as in `an embed: ![](http…`; undefined if nothing. What the swarm's own notes use is allowed: text, tables, links to notes,
 * code spans of plain words, and flowcharts of agents. Anything that could be read in two ways is refused. Linear in the length of the page.
 */
export function activeContentIn(page: string): string | undefined {
  const text = page.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  if (!text.startsWith('---')) return activeInBody(text);
  if (!text.startsWith('---\n')) return 'front matter that is not plain YAML';
  const end = text.indexOf('\n---', 3);
  // Programs differ on where front matter ends with `...` or with more on the line: both are refused.
  if (end === -1 || /\n\.\.\./.test(text.slice(0, end))) return 'front matter without a plain end';
  const rest = text.slice(end + 4);
  if (rest !== '' && !rest.startsWith('\n')) return 'front matter without a plain end';
  return activeInFront(text.slice(4, end)) ?? activeInBody(rest);
}

function activeInFront(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, key, json] = FIELD.exec(line) ?? [];
    const value = json === undefined ? undefined : parsed(json);
    if (key === undefined || json === undefined || value === undefined) return activeInYaml(text);
    const found = pluginKey(key) ?? activeInFields(value.of) ?? activeInStrings(json);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Programs differ on which of two fields with one name counts, and so does a page and a body: none of them may be active. */
function activeInStrings(json: string): string | undefined {
  // What is no list or map is one string at most.
  if (!/^[[{]/.test(json)) return undefined;
  for (const [string] of json.matchAll(JSON_STRING)) {
    const text = parsed(string)?.of;
    const found = typeof text === 'string' ? activeIn(text) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** YAML that people or strangers wrote: as it stands, and with the escapes of quoted strings undone. */
function activeInYaml(text: string): string | undefined {
  if (text.length > MAX_YAML_CHARS) return `front matter in free form over ${MAX_YAML_CHARS} characters`;
  if (text.includes('!!')) return 'a tagged value';
  return activeAsItStands(text) ?? activeAsItStands(withoutEscapes(text));
}

function activeAsItStands(text: string): string | undefined {
  const index = text.search(PLUGIN_KEY);
  return index === -1 ? activeIn(text) : said('a page of a plugin', text, index);
}

function withoutEscapes(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\n[ \t]*|([^\n]))/g,
    (_, x?: string, u?: string, long?: string, plain?: string) => {
      const digits = x ?? u ?? long;
      if (digits === undefined) return plain ?? '';
      const point = Number.parseInt(digits, 16);
      return point <= 0x10_ffff ? String.fromCodePoint(point) : '';
    },
  );
}

/** {@link activeContentIn} of what was added to a page: it has no front matter, however it begins. */
export function activeContentInAdded(text: string): string | undefined {
  return activeInBody(text.replace(/\r\n?/g, '\n'));
}

function activeInBody(text: string): string | undefined {
  const prose = withoutDiagrams(text).replace(CODE_SPAN, 'code');
  // Single brackets: what stands around and inside a link to a note counts, the link itself doesn't.
  const found = activePattern(prose.replace(WIKILINK, (link) => link.slice(1, -1)));
  if (found !== undefined) return found;
  const bare = prose.replace(WIKILINK, ' ');
  const at = (what: string, index: number) => (index === -1 ? undefined : said(what, bare, index));
  return (
    at('an inline query or code', bare.indexOf('`')) ??
    at('math', bare.indexOf('$')) ??
    at('a link', bare.indexOf('[')) ??
    at('a tag', bare.search(TAG)) ??
    at('a block id', bare.search(BLOCK_ID))
  );
}

/** The body without its flowcharts. One with more in it than arrows between agents stays, and so its fence is found. */
function withoutDiagrams(text: string): string {
  if (!text.includes('```mermaid\nflowchart LR\n')) return text;
  const kept: string[] = [];
  let diagram: string[] | undefined;
  for (const line of text.split('\n')) {
    if (diagram === undefined) {
      if (line === '```mermaid') diagram = [line];
      else kept.push(line);
      continue;
    }
    diagram.push(line);
    if (diagram.length === 2 ? line === 'flowchart LR' : DIAGRAM_LINE.test(line)) continue;
    if (line !== '```') kept.push(...diagram);
    diagram = undefined;
  }
  return [...kept, ...(diagram ?? [])].join('\n');
}

function activePattern(text: string): string | undefined {
  for (const { what, pattern } of ACTIVE) {
    const index = text.search(pattern);
    if (index !== -1) return said(what, text, index);
  }
  return undefined;
}

function pluginKey(key: string): string | undefined {
  return key.endsWith('-plugin') ? said('a page of a plugin', key, 0) : undefined;
}

function parsed(json: string): { readonly of: unknown } | undefined {
  try {
    return { of: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

function said(what: string, text: string, index: number): string {
  return `${what}: ${text
    .slice(index, index + SHOWN_CHARS)
    .replace(/\s+/g, ' ')
    .trim()}`;
}
