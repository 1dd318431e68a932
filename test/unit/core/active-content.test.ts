import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeContentIn,
  activeIn,
  activeInFields,
  exactText,
  inertFields,
  inertValue,
  readExactText,
} from '../../../lib/core/active-content.ts';
import { plainText, plainValue, table, wikilink } from '../../../lib/core/markdown.ts';
import { ACTIVE_IN_BODIES, ACTIVE_VECTORS, hostileText, INERT_TEXTS } from '../../support/note-texts.ts';

const page = (front: string, body = 'text') => `---\nkind: x\n${front}\n---\n\n${body}\n`;
const escaped = (text: string) =>
  [...text].map((one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('');

describe('active content', () => {
  it.each(ACTIVE_VECTORS)('is found as a property, however it is written, and in a body: %j', (text) => {
    expect(activeIn(text)).toBeDefined();
    expect(activeInFields({ a: [{ b: `so ${text}` }] })).toBeDefined();
    expect(activeContentIn(page(`title: ${JSON.stringify(text)}`))).toBeDefined();
    expect(activeContentIn(page(`nested: ${JSON.stringify({ a: [text] })}`))).toBeDefined();
    expect(activeContentIn(page(`${JSON.stringify(text)}: 1`))).toBeDefined();
    const hexadecimal = [...Buffer.from(text, 'latin1')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
    expect(activeContentIn(page(`title: "${hexadecimal.join('')}" # a comment`))).toBeDefined();
    expect(activeContentIn(page(`title: |\n  ${text.replaceAll('\n', '\n  ')}`))).toBeDefined();
    for (const around of [text, `| a | ${text} |`, `> ${text}`, `- ${text}`, `    ${text}`, `x\n${text}\ny`]) {
      expect(activeContentIn(page('a: 1', around)), around).toBeDefined();
      expect(activeContentIn(around), around).toBeDefined();
    }
  });

  it.each(ACTIVE_IN_BODIES)('is found in a body: %j', (text) => {
    expect(activeContentIn(page('a: 1', text))).toBeDefined();
  });

  it.each(INERT_TEXTS)('is not seen in %j', (text) => {
    expect(activeIn(text)).toBeUndefined();
    expect(activeContentIn(page(`title: ${JSON.stringify(text)}`, `# A page\n\n${text}`))).toBeUndefined();
    expect(inertValue(text)).toBe(text);
  });

  it('is found whatever the escapes of free YAML', () => {
    const hide = (text: string) => activeContentIn(page(`title: "${text}" # a comment`));
    expect(hide('ht\\x74p\\x3a//x')).toContain('a URL');
    expect(hide('http:\\\n  //x')).toContain('a URL');
    expect(hide('\\U0000003cimg src=x>')).toContain('HTML');
    expect(hide(escaped('![[x]]'))).toContain('an embed');
    expect(activeContentIn(page('title: !!binary aHR0cDovL3g='))).toContain('a tagged value');
    expect(activeContentIn(page(`title: "${'\\u0061'}"`))).toBeUndefined();
  });

  it('is found in a field whose name comes again', () => {
    const only = (front: string) => activeContentIn(`---\n${front}\n---\n`);
    expect(only('a: {"b":"![[x]]","b":"text"}')).toContain('an embed');
    expect(only('a: [{"!":{"b":"\\u003cimg src=x>","b":1}}]')).toContain('HTML');
    expect(only('a: [["b",["c"]],{"d":"e\\"[","d":"\\\\"}]')).toBeUndefined();
  });

  it('does not hide where front matter ends', () => {
    expect(activeContentIn('---js\nx\n---\n')).toBeDefined();
    expect(activeContentIn('--- \ntitle: "\\x3cimg>"\n---\n')).toBeDefined();
    expect(activeContentIn('---\ntitle: a\n')).toBeDefined();
    expect(activeContentIn('---\ntitle: a\n--- \n---\n')).toBeDefined();
    expect(activeContentIn('---\ntitle: a\n...\n---\n')).toBeDefined();
    expect(activeContentIn('\ufeff---\r\ntitle: "\\u003cimg>"\r\n---\r\n')).toContain('HTML');
    expect(activeContentIn('---\ntitle: a\n---')).toBeUndefined();
  });

  it('is the page of a plugin', () => {
    for (const line of [
      'excalidraw-plugin: parsed',
      'kanban-plugin: board',
      '"kanban-plugin" : board',
      '? kanban-plugin\n: board',
      '"kanban\\x2dplugin": board',
      'kanban-plugin: "board"',
    ])
      expect(activeContentIn(page(line)), line).toContain('a page of a plugin');
  });

  it.each([
    `"excalidraw-plugin"${' '.repeat(50)}: parsed`,
    '? excalidraw-plugin # a comment\n: parsed',
    'a: &k excalidraw-plugin\n*k : parsed',
    '? "excalidraw-\\\n  plugin" # a comment\n: parsed',
  ])('is the page of a plugin, however YAML says it: %j', (front) => {
    expect(activeContentIn(page(front))).toContain('a page of a plugin');
  });

  it('allows links to notes, code spans of words and flowcharts of agents', () => {
    const flowchart =
      '```mermaid\nflowchart LR\n  kk_a["kk-a"] -->|soul| kk_b["kk-b"]\n  kk_a["kk-a"] -->|soul| community(["3 others"])\n```';
    const body = `# A\n\n${flowchart}\n\n${table(['a', 'b'], [[wikilink('kk-a'), `\`0xab\` ${wikilink('a/b', 'c')}`]])}\n\n    - \`shared/treasury/\``;
    expect(activeContentIn(page('a: 1', body))).toBeUndefined();
    expect(activeContentIn(page('a: 1', flowchart.replace('kk_b["kk-b"]', 'kk_b["<b>"]')))).toBeDefined();
    expect(activeContentIn(page('a: 1', flowchart.replace('```', '    ```')))).toBeDefined();
    for (const link of [
      '[[a]](x)',
      '![[a]]',
      '[[a]]:: b',
      '[[a:: b]]',
      '[[a|http://x]]',
      '[[a]][b]',
      '[[`= x`]]',
      '\\`a` = x `b`',
    ])
      expect(activeContentIn(page('a: 1', link)), link).toBeDefined();
  });

  it('is gone from what is made inert, which stays the same when it is made inert again', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 3, max: 120 }), (text, maxBytes) => {
        const inert = inertValue(text);
        expect(activeIn(inert)).toBeUndefined();
        expect(inertValue(inert)).toBe(inert);
        if (activeIn(text) === undefined) expect(inert).toBe(text);
        const value = plainValue(text, maxBytes);
        expect(activeIn(value)).toBeUndefined();
        expect(Buffer.byteLength(value)).toBeLessThanOrEqual(maxBytes);
        expect(plainValue(value, maxBytes)).toBe(value);
        expect(activeInFields(inertFields({ a: [text, { b: text }] }))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is gone from what is formatted for a body, wherever that stands', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const [x, y] = [plainText(a, 200), plainText(b, 200)];
        const link = wikilink(`to ${a}`, `as ${b}`);
        for (const body of [
          x,
          `# ${x}`,
          `> ${x}`,
          `- **${x}** — ${y}: ${x}`,
          table(
            ['', ''],
            [
              [x, y],
              [link, `${x} ${link}`],
            ],
          ),
          `${x}, ${y} ${link} ${x}`,
        ])
          expect(activeContentIn(body), JSON.stringify(body)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is gone from text that is read back exactly', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const wellFormed = text.replace(/\p{Cs}/gu, '\ufffd');
        expect(activeIn(exactText(wellFormed))).toBeUndefined();
        expect(readExactText(exactText(wellFormed))).toBe(wellFormed);
      }),
      { numRuns: 500 },
    );
    expect(exactText('Logs of a channel, CC0')).toBe('Logs of a channel, CC0');
    expect(readExactText('100%')).toBe('100%');
  });

  it('is looked for in time that grows with the length of the page', () => {
    // Text on which a pattern that backtracks takes minutes.
    const size = 256 * 1024;
    for (const unit of [
      '[[',
      '[[a',
      '[[a|',
      '`',
      '`a',
      '!',
      ':',
      'data:',
      'data:a',
      '<',
      '$ ',
      '^',
      '\\x',
      'www',
      ' #',
      '\n',
      '---',
      '"',
      'a: "',
      '{"a":',
      '\n  kk_a["kk-',
      '```mermaid\nflowchart LR\n',
      '-plugin',
      'a',
    ]) {
      const text = unit.repeat(Math.ceil(size / unit.length));
      activeContentIn(text);
      activeContentIn(`---\n${text}\n---\n`);
      activeContentIn(`---\nkind: ${JSON.stringify(text)}\n---\n`);
    }
  });
});
