import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHAINS } from '../../../lib/core/chains.ts';
import { projectPath } from '../../../lib/files/project.ts';

const RECORDS = 'lib/core/chains.ts';

/** The source files of this project, tests apart, as paths from its root. */
function sources(): readonly string[] {
  return ['lib', 'scripts', 'infra'].flatMap((folder) =>
    readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:ts|js)$/.test(path) && !/(?:^|\/)(?:node_modules|cdktf\.out)\//.test(path))
      .map((path) => join(folder, path)),
  );
}

/** The digits of a number as code writes it: with separators, in hexadecimal, or inside `eip155:`. */
function spellings(id: number): RegExp {
  const decimal = [...String(id)].join('_?');
  return new RegExp(`(?<![\\w.])(?:${decimal}|0x0*${id.toString(16)})(?![\\w.])`, 'i');
}

describe('the records of chains', () => {
  it('are the only place in the code that names a chain’s number or its USDC', () => {
    const facts = CHAINS.flatMap(({ id, network }) => [
      spellings(id),
      ...(network === undefined ? [] : [new RegExp(network.usdc.address, 'i')]),
    ]);
    const found = sources().filter((path) => facts.some((fact) => fact.test(readFileSync(projectPath(path), 'utf8'))));
    expect(found).toEqual([RECORDS]);
    expect(['x(8_453)', "'eip155:8453'", '0x2105'].every((text) => spellings(8453).test(text))).toBe(true);
    expect(['18453', '8453.5', '0x21051', 'a8453'].some((text) => spellings(8453).test(text))).toBe(false);
  });
});
