import fc from 'fast-check';

/** What Obsidian, its usual plugins or a browser run, embed, load or link, in the forms that strangers try. */
export const ACTIVE_VECTORS: readonly string[] = [
  '`= this.file.name`',
  '`=dv.pages()`',
  '` = 1 + 1`',
  '`$= dv.pages().length`',
  '`$=await fetch("x")`',
  '``= x``',
  '```dataview\nLIST\n```',
  '```dataviewjs\ndv.io.load("http://x")\n```',
  '~~~dataviewjs\nx\n~~~',
  '```mermaid\nflowchart LR\n  click A href "x"\n```',
  '```mermaid\n%%{init: {}}%%\nflowchart LR\n```',
  '```js-engine\nx\n```',
  '![](http://evil.example/p.png)',
  '![a|100](https://evil.example/p.png)',
  '![](data:image/svg+xml;base64,AAAA)',
  '![[people/README]]',
  '![[x.base#View]]',
  '[click](https://evil.example)',
  '[click](javascript:alert(1))',
  '[click][1]',
  '[1]: https://evil.example',
  '[click](obsidian://open?vault=x)',
  'obsidian://advanced-uri?eval=x',
  'obsidian:open',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'vbscript:x',
  'data:text/html,x',
  'http://evil.example/?leak=1',
  'HTTPS://EVIL.EXAMPLE',
  'ftp://evil.example',
  'file:///etc/passwd',
  'www.evil.example',
  'paid:: 5',
  '[paid:: 5]',
  '(paid:: 5)',
  '<img src=x onerror=alert(1)>',
  '<script>x</script>',
  '<iframe src="x">',
  '</div>',
  '<!-- x -->',
  '<%* tR += 1 %>',
  '<% tp.file.title %>',
  '{{date}}',
  '{% x %}',
  '%% hidden %%',
  '$x$',
  '$$\\href{x}{y}$$',
  '[!warning] read',
  '^[a footnote]',
  '[^1]',
  '<https://evil.example>',
];

/** Text that is active only in a body: in a property Obsidian shows it as it stands. */
export const ACTIVE_IN_BODIES: readonly string[] = [
  '#tag',
  '- #tag',
  'a line ^block',
  '[ ] a task',
  '[x] done',
  '`a b`',
];

/** Text in which nothing is active anywhere. */
export const INERT_TEXTS: readonly string[] = [
  'made 3 days (2026-11-01 to 2026-11-03) of chat logs and offered it for 0.05 USDC, offer 1a2b3c4d',
  'waits: nothing to buy! Why? 50% off; a < b, 5 > 3, x = y',
  'C:\\logs, a/b/c, user@example.com, 10:30, ratio 3:1',
  "it's “quoted”, ¿sí? 👩‍💻 漢字",
  'Soul of Amber Otter: shell, python, c++',
];

const pieces = [...ACTIVE_VECTORS, ...ACTIVE_IN_BODIES, ...INERT_TEXTS];
const joints = [
  '',
  ' ',
  '\n',
  '\n\n',
  ':',
  '!',
  '[',
  ']',
  '(',
  '`',
  '<',
  '\\',
  '|',
  '---',
  '\u200b',
  '\u202e',
  '"',
  "'",
  '$',
];

/** Strings as hostile as strangers can make them. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'[]()!`$%{}<>=:/^#~|&\\*_.-+wa 1\n'), maxLength: 60 }),
  fc.array(fc.constantFrom(...pieces, ...joints), { maxLength: 8 }).map((parts) => parts.join('')),
);
