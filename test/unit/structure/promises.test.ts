import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROW = /^\|[^|]+\|\s*`([^`]+)`\s*\|\s*(.+?)\s*\|$/;

describe('the list of promises', () => {
  const rows = readFileSync('test/promises.md', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, file, name] = ROW.exec(line) ?? [];
      return file === undefined || name === undefined || !file.endsWith('.ts') ? [] : [{ file, name }];
    });

  it('names for each a test that exists', () => {
    expect(rows.length).toBeGreaterThan(250);
    const missing = rows.filter(({ file, name }) => {
      const text = readFileSync(`test/${file}`, 'utf8');
      // The names of tests that run over a table are put together at run time.
      return !text.includes(name) && !/\.each[(<]|it\(`|describe\(`/.test(text);
    });
    expect(missing).toEqual([]);
  });
});
