import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { type Corpus, openCorpus } from '../../lib/products/corpus.ts';
import type { InputRef, MadeGoods, ProductDefinition } from '../../lib/products/definition.ts';
import { createProducts } from '../../lib/products/registry.ts';
import { DEFAULT_SETTINGS, type ProductSettings } from '../../lib/products/settings.ts';
import { inProcess } from '../../lib/work/executor.ts';

const products = createProducts();

/** A key for pseudonyms that is nobody's secret. */
export const TEST_KEY = new Uint8Array(32).fill(7);

/** A folder that `use` may fill; it is gone afterwards. */
export async function withFolder<Result>(use: (dir: string) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-products-'));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Writes logs (name to text or bytes) into `dir/logs` and opens them as a corpus with its work in `dir/work`. */
export async function corpusOf(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  work = 'work',
): Promise<Corpus> {
  const logs = join(dir, 'logs');
  await mkdir(logs, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(logs, name), content);
  return openCorpus({ dir: logs, workDir: join(dir, work), pseudonymKey: TEST_KEY, now: () => 1_600_000_000 });
}

/** The product of a name. */
export function definitionOf(name: string): ProductDefinition {
  const definition = products.get(name);
  if (definition === undefined) throw new Error(`there is no product ${name}`);
  return definition;
}

/** What a swarm makes of a corpus: every product from the goods of the ones before. */
export interface Economy {
  readonly settings: ProductSettings;
  readonly days: readonly InputRef[];
  readonly goods: ReadonlyMap<string, readonly MadeGoods[]>;
  /** The goods and days as inputs of further products. */
  readonly inputs: readonly InputRef[];
}

/** Makes everything that can be made of a corpus, but validations. `shuffle` changes the order of inputs. */
export async function makeAll(
  corpus: Corpus,
  outDir: string,
  shuffle: (inputs: InputRef[]) => InputRef[] = (inputs) => inputs,
): Promise<Economy> {
  const { days } = await corpus.scan();
  const settings = corpus.productSettings(new Set<Hex>());
  const goods = new Map<string, readonly MadeGoods[]>();
  let inputs: InputRef[] = [...days];
  for (const definition of products.values()) {
    if (definition.name === 'validation') continue;
    const own = definition.from.includes('chat') ? settings : DEFAULT_SETTINGS;
    const given = shuffle([...inputs]);
    const made: MadeGoods[] = [];
    for (const order of await definition.plan(given, own, inProcess)) {
      made.push(await definition.make(order, shuffle([...inputs]), own, { executor: inProcess, outDir, now: () => 0 }));
    }
    goods.set(definition.name, made);
    inputs = [...inputs, ...made.map((one) => inputOf(definition.name, one))];
  }
  return { settings, days, goods, inputs };
}

/** Goods as the input of another product. */
export function inputOf(product: string, { digest, path, order }: MadeGoods): InputRef {
  return { product, digest, path, label: order.subject };
}

/** The bytes of all goods as text. */
export async function textOf(economy: Economy): Promise<string> {
  const all = [...economy.goods.values()].flat();
  return (await Promise.all(all.map(({ path }) => readFile(path, 'utf8')))).join('\n');
}
