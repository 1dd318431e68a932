import { inertValue } from './active-content.ts';
import { agentName } from './ids.ts';
import { cleanText } from './text.ts';

/**
 * Turns strangers' text into one line of inert markdown: no links, tags, embeds, HTML,
 * Dataview fields or queries, math, comments or templates. `maxBytes` bounds what is shown, in UTF-8; longer text ends in `…`.
 */
export function plainText(text: string, maxBytes: number): string {
  return (
    cleanText(text, maxBytes)
      // A backslash is enough for markdown, but plugins search the raw text: only an entity hides a character from them.
      .replace(/[&<>[\]`$%{}|=^\\~]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/[*_]/g, (character) => `\\${character}`)
      .replace(/#(?!\d+;)/g, '\\#')
      .replaceAll('!', '\\!')
      .replaceAll('::', ':&#58;')
      .replaceAll('://', '&#58;//')
      .replace(/\b(www|ftp)\./gi, '$1&#46;')
      .replace(/\b(javascript|vbscript|obsidian|data):/gi, '$1&#58;')
      // Beside a colon of the page it would start an inline field.
      .replace(/^:|:$/g, '&#58;')
      .replace(/@(?=[A-Za-z0-9])/g, '&#64;')
      .replace(/^(\d{1,9})([.)])/, '$1\\$2')
      .replace(/^([-+])/, '\\$1')
  );
}

/**
 * Turns strangers' text into one line that is inert as a property of a note: {@link cleanText}, then {@link inertValue}. Of inert
 * text it keeps all that fits into `maxBytes` of UTF-8.
 */
export function plainValue(text: string, maxBytes: number): string {
  return cleanText(inertValue(cleanText(text, maxBytes)), maxBytes);
}

/**
 * Formats an Obsidian link to a note by its path without `.md`, or to an agent by its name. Characters that would end
 * the link or address a part of the note are left out of both parts.
 */
export function wikilink(target: string, alias?: string): string {
  const to = linkPart(target).replace(/\.md$/, '');
  // Obsidian suggests aliases while typing but resolves links by path only: `[[kk-a]]` would find no note.
  if (agentName.safeParse(to).success) return `[[agents/${to}/state|${linkPart(alias ?? to)}]]`;
  return alias === undefined ? `[[${to}]]` : `[[${to}|${linkPart(alias)}]]`;
}

/**
 * Formats a table. Cells are markdown (pass strangers' text through {@link plainText} first); pipes in them are escaped
 * and line ends become spaces. Short rows are padded, long ones cut.
 */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${headers.map((_, column) => cell(cells[column] ?? '')).join(' | ')} |`;
  return [line(headers), `|${headers.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

function linkPart(text: string): string {
  return inertValue(cleanText(text, 300).replace(/[[\]|#^<>`%{}\\]/g, '')).trim();
}

function cell(text: string): string {
  return text.replace(/(?<!\\)\|/g, '\\|').replace(/\s*[\r\n]+\s*/g, ' ');
}
