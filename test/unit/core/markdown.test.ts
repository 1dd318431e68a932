import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, table, wikilink } from '../../../lib/core/markdown.ts';
import { cleanText } from '../../../lib/core/text.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '[[kk-bank]]',
        '![[x]]',
        '![](http://x/y.png)',
        'paid:: 5',
        '`= this`',
        '$= dv',
        '<% tp %>',
        '%%',
        '<img src=x>',
        '#tag',
        '\n---\n',
        '\u202e',
        'https://x.example',
        '**',
        '|',
        '&lt;',
        '^id',
        ' ',
        'a',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('plainText', () => {
  it('leaves nothing that markdown, HTML, Obsidian, Dataview or Templater act on', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plainText(text, 120);
        expect(shown).not.toMatch(/[<>[\]`$%{}|=^~\n\r\u0000-\u001f\u202a-\u202e]/);
        expect(shown).not.toMatch(/::|:\/\/|(?<![\\&])#|(?<!\\)!|(?<!\\)[*_]/);
      }),
    );
  });

  it('shows the same text once markdown is rendered', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = plainText(text, 120)
          .replace(/\\([*_#!.)+-])/g, '$1')
          .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
        expect(rendered).toBe(cleanText(text, 120));
      }),
    );
  });

  it('does not start a list', () => {
    expect(plainText('1. one', 80)).toBe('1\\. one');
    expect(plainText('- one', 80)).toBe('\\- one');
  });
});

describe('cleanText', () => {
  it('never exceeds its bound, is one line and stays itself when cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 100 }), (text, maxBytes) => {
        const clean = cleanText(text, maxBytes);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(maxBytes);
        expect(clean).not.toMatch(/[\r\n]/);
        expect(cleanText(clean, maxBytes)).toBe(clean);
      }),
    );
  });

  it('keeps joined emoji and drops stray joiners and bidi marks', () => {
    expect(cleanText('👩‍💻 ok\u200d \u202eevil', 80)).toBe('👩‍💻 ok evil');
    expect(cleanText('👩‍💻', 10)).toBe('👩…');
  });
});

describe('wikilink', () => {
  it('keeps a hostile target or alias inside one link', () => {
    fc.assert(
      fc.property(hostile, hostile, (target, alias) => {
        expect(wikilink(target, alias)).toMatch(/^\[\[[^[\]|#\n]*\|[^[\]|#\n]*\]\]$/);
      }),
    );
    expect(wikilink('agents/kk-a/state.md', 'state')).toBe('[[agents/kk-a/state|state]]');
  });
});

describe('table', () => {
  it('has as many cells in every row as headers', () => {
    const text = table(['a', 'b'], [['x|y'], ['1', '2\n3', '4'], [wikilink('a', 'b'), '']]);
    expect(text.split('\n')).toEqual(['| a | b |', '| --- | --- |', '| x\\|y |  |', '| 1 | 2 3 |', '| [[a\\|b]] |  |']);
  });
});
