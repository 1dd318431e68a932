import Table from 'cli-table3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../../scripts/terminal/format-table.ts';

/** A table of the same form by a package, which takes time by the square of the rows. */
function judge(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...headers], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

const cell = fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', '—', 'é', '世', '界', '🙂'), maxLength: 12 });

describe('a table', () => {
  it('looks as the package draws it, whatever is in its cells', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((columns) => {
          const row = fc.array(cell, { minLength: columns, maxLength: columns });
          return fc.tuple(row, fc.array(row, { maxLength: 8 }));
        }),
        ([headers, rows]) => {
          expect(formatTable(headers, rows)).toBe(judge(headers, rows));
        },
      ),
    );
  });
});
