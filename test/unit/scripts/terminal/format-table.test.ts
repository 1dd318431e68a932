import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatTable } from '../../../../scripts/terminal/format-table.ts';
import { printTable } from '../../../../scripts/terminal/print.ts';

// Cells hold no escape sequences: what prints them takes these away. Of emoji that are several characters the width is a guess.
const cell = fc.string({
  unit: fc.constantFrom('a', 'B', '7', ' ', '—', 'é', 'e\u0301', '世', '界', '🙂'),
  maxLength: 12,
});
const table = fc.integer({ min: 1, max: 4 }).chain((columns) => {
  const row = fc.array(cell, { minLength: columns, maxLength: columns });
  return fc.tuple(row, fc.array(row, { maxLength: 8 }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a table', () => {
  it('is drawn in a frame, with a line below its headers only', () => {
    const rows = [
      ['kk-validator', 'healthy'],
      ['hub', ''],
    ];
    expect(formatTable(['unit', 'runs'], rows)).toBe(
      [
        '┌──────────────┬─────────┐',
        '│ unit         │ runs    │',
        '├──────────────┼─────────┤',
        '│ kk-validator │ healthy │',
        '│ hub          │         │',
        '└──────────────┴─────────┘',
      ].join('\n'),
    );
    expect(formatTable(['unit'], [])).toBe(['┌──────┐', '│ unit │', '└──────┘'].join('\n'));
  });

  it('measures cells in columns of a terminal: wide characters and emoji take two, combining marks none', () => {
    const rows = [['世界'], ['🙂'], ['👩‍👩‍👧'], ['🇨🇭'], ['❤️'], ['e\u0301te\u0301'], ['ｶﾞ']];
    expect(formatTable(['text'], rows)).toBe(
      [
        '┌──────┐',
        '│ text │',
        '├──────┤',
        '│ 世界 │',
        '│ 🙂   │',
        '│ 👩‍👩‍👧   │',
        '│ 🇨🇭   │',
        '│ ❤️   │',
        '│ e\u0301te\u0301  │',
        '│ ｶﾞ   │',
        '└──────┘',
      ].join('\n'),
    );
  });

  it('gives escape sequences no width', () => {
    expect(formatTable(['state'], [['\u001b[31mfailed\u001b[39m'], ['ok']])).toBe(
      ['┌────────┐', '│ state  │', '├────────┤', '│ \u001b[31mfailed\u001b[39m │', '│ ok     │', '└────────┘'].join(
        '\n',
      ),
    );
  });

  it('has lines of one width, whatever is in its cells', () => {
    fc.assert(
      fc.property(table, ([headers, rows]) => {
        const lines = formatTable(headers, rows).split('\n');
        expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1);
        expect(lines).toHaveLength(rows.length === 0 ? 3 : rows.length + 4);
      }),
    );
  });

  it('keeps every cell whole, also where it is wider than any terminal', () => {
    const long = 'x'.repeat(500);
    expect(formatTable(['name', 'detail'], [['hub', long]])).toContain(`│ hub  │ ${long} │`);
  });
});

describe('a table that is printed', () => {
  it('has cells without escape sequences, each on one line', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    printTable(['text'], [['\u001b[31mred\u001b[39m'], ['two\nlines\u202e']]);
    expect(write.mock.calls).toEqual([
      [
        ['┌───────────┐', '│ text      │', '├───────────┤', '│ red       │', '│ two lines │', '└───────────┘', ''].join(
          '\n',
        ),
      ],
    ]);
  });
});
