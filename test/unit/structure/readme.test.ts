import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const RULES = '.dependency-cruiser.js';

/** The paths that a page names in backticks, as written. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w./-]+(?:\/|\.(?:ts|js|md|yaml|yml|json)))`/g)].map(([, name]) => name ?? '');
}

describe('the pages that say where things are', () => {
  it('name what exists: README.md', () => {
    const named = pathsIn(readFileSync('README.md', 'utf8')).filter((name) =>
      /^(?:lib|scripts|infra|test)\//.test(name),
    );
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });

  it('name what exists: lib/README.md', () => {
    const named = pathsIn(readFileSync('lib/README.md', 'utf8'));
    const known = ['', ...readdirSync('lib', { recursive: true, encoding: 'utf8' }).map((name) => `/${name}`)];
    const exists = (name: string) =>
      existsSync(name) || known.some((one) => one === `/${name}` || one.endsWith(`/${name.replace(/\/$/, '')}`));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !exists(name))).toEqual([]);
  });

  it('have each folder of lib in the table of lib/README.md and in the rules of imports', () => {
    const [page, rules] = [readFileSync('lib/README.md', 'utf8'), readFileSync(RULES, 'utf8')];
    const folders = readdirSync('lib', { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? entry.name : [],
    );
    expect(folders.filter((folder) => !page.includes(`\`${folder}/\``))).toEqual([]);
    expect(folders.filter((folder) => !rules.includes(`'lib/${folder}': [`))).toEqual([]);
  });
});
