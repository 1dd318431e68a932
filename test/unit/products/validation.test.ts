import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MadeGoods } from '../../../lib/products/definition.ts';
import { DEFAULT_SETTINGS, sharedSettings } from '../../../lib/products/settings.ts';
import { type ValidationCase, writeCase } from '../../../lib/products/validation/case.ts';
import { validationReport } from '../../../lib/products/validation/goods.ts';
import { digestOf, sha256 } from '../../../lib/work/digest.ts';
import { inProcess } from '../../../lib/work/executor.ts';
import { helpChannel, ubuntuLog } from '../../support/product-chat.ts';
import { corpusOf, definitionOf, type Economy, makeAll, withFolder } from '../../support/product-maker.ts';

const LOGS = {
  'corpus.yaml': 'minMessages: 40\n',
  '2020-01-01.raw.txt': ubuntuLog(helpChannel('wizard', ['ann', 'bob', 'carla'], 60)),
};

async function caseOf(economy: Economy, made: MadeGoods, dir: string): Promise<ValidationCase> {
  await mkdir(dir, { recursive: true });
  const used = economy.inputs.filter(({ digest }) => made.order.inputs.includes(digest));
  for (const { path } of used) await copyFile(path, join(dir, basename(path)));
  const { alreadyOffered: _, ...settings } = economy.settings;
  return {
    offer: sha256('an offer'),
    order: { ...made.order, topics: [...made.order.topics], inputs: [...made.order.inputs] },
    settings: sharedSettings.parse(settings),
    contentDigest: made.digest,
    contentRoot: sha256('the root of the offer'),
    problems: [],
    work: [...made.work],
    inputs: used.map(({ product, digest, label, path }) => ({ product, digest, label, file: basename(path) })),
  };
}

async function judge(dir: string, value: ValidationCase) {
  const validation = definitionOf('validation');
  const input = await writeCase(dir, value);
  const [order] = await validation.plan([input], DEFAULT_SETTINGS, inProcess);
  if (order === undefined) throw new Error('no report was planned');
  const made = await validation.make(order, [input], DEFAULT_SETTINGS, {
    executor: inProcess,
    outDir: dir,
    now: () => 0,
  });
  expect(await validation.summarize(made.path)).toContain('# Validation of');
  return { made, report: validationReport.parse(JSON.parse(await readFile(made.path, 'utf8'))) };
}

describe('validation', () => {
  it('passes what every product really makes, with the same report each time', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, LOGS), join(dir, 'out'));
      for (const [name, [made]] of economy.goods) {
        if (made === undefined) throw new Error(`no ${name} was made`);
        const value = await caseOf(economy, made, join(dir, name));
        const first = await judge(join(dir, name), value);
        expect(first.report, name).toMatchObject({ verdict: 'passed', offered: name, contentDigest: made.digest });
        expect((await judge(join(dir, name), value)).made.digest).toBe(first.made.digest);
      }
    });
  });

  it('fails forged bytes, forged work, foreign inputs and unknown products, and says why', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, LOGS), join(dir, 'out'));
      const [made] = economy.goods.get('skill-profile') ?? [];
      if (made === undefined) throw new Error('no profile was made');
      const honest = await caseOf(economy, made, join(dir, 'case'));
      const failed = async (value: ValidationCase) => {
        const { report } = await judge(join(dir, 'case'), value);
        expect(report.verdict).toBe('failed');
        expect(JSON.stringify(report)).not.toContain(dir);
        return report.checks.filter(({ passed }) => !passed).map(({ check }) => check);
      };
      expect(await failed({ ...honest, contentDigest: sha256('other bytes') })).toEqual(['bytes']);
      expect(await failed({ ...honest, work: honest.work.slice(0, -1) })).toEqual(['same-work']);
      const lazy = honest.work.map((record, at) => (at === 0 ? { ...record, output: digestOf('made up') } : record));
      expect(await failed({ ...honest, work: lazy })).toContain('chain-of-work');
      expect(await failed({ ...honest, problems: ['these are not the bytes of the offer'] })).toEqual(['offer']);
      expect(await failed({ ...honest, inputs: [] })).toContain('order');
      expect(await failed({ ...honest, order: { ...honest.order, product: 'gold' } })).toContain('order');
    });
  });
});
