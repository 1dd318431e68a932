import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import { plainText, table } from '../../core/markdown.ts';
import { cleanText } from '../../core/text.ts';
import { digestOf } from '../../work/digest.ts';
import { workHead } from '../../work/work-chain.ts';
import type { MakeIo, ProductDefinition } from '../definition.ts';
import { makeDocument } from '../goods/make-document.ts';
import { badGoods, readJsonGoods } from '../goods/read-goods.ts';
import { createOrder, distinctInputs, inputsOf } from '../product-order.ts';
import { replay } from '../replay.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { readCase, VALIDATION_CASE } from './case.ts';
import { VALIDATION_VERSION, type ValidationReport, validationReport } from './goods.ts';

const PRODUCT = 'validation';
const MAX_BYTES = maxGoodsBytesOf(PRODUCT);

type Case = Awaited<ReturnType<typeof readCase>>;

/**
 * Creates the product of reports on other products: their goods are made again and compared. `definitions` are the
 * products that can be replayed.
 */
export function createValidation(definitions: ReadonlyMap<string, ProductDefinition>): ProductDefinition {
  return {
    name: PRODUCT,
    version: VALIDATION_VERSION,
    from: [VALIDATION_CASE],
    plan: async (inputs) => {
      const orders = [];
      for (const input of distinctInputs(inputs, VALIDATION_CASE)) {
        const { value } = await readCase(input);
        orders.push(
          createOrder({
            product: PRODUCT,
            version: VALIDATION_VERSION,
            subject: value.order.subject,
            title: `Validation of ${value.order.product} ${value.offer.slice(2, 10)}`,
            topics: ['data'],
            rank: 0,
            unitCount: 1,
            inputs: [input.digest],
            settings: {},
          }),
        );
      }
      return orders;
    },
    make: (order, inputs, _settings, io) =>
      makeDocument<Case, ValidationReport>(order, io, {
        gather: {
          name: 'read-case',
          version: '1',
          run: () => {
            const [input] = inputsOf(order, inputs);
            if (input === undefined) throw badGoods('', 'the order names no case');
            return readCase(input);
          },
        },
        describeGathered: ({ value }) => ({ output: digestOf(value), counts: { inputs: value.inputs.length } }),
        find: { name: 'replay', version: VALIDATION_VERSION, run: (found) => report(found, definitions, io) },
        countFound: ({ checks }) => ({
          checks: checks.length,
          failed: checks.filter(({ passed }) => !passed).length,
        }),
      }),
    summarize: async (path) => page(await readJsonGoods({ path }, validationReport, MAX_BYTES)),
  };
}

async function report(
  { value, order, inputs }: Case,
  definitions: ReadonlyMap<string, ProductDefinition>,
  io: MakeIo,
): Promise<ValidationReport> {
  const definition = definitions.get(order.product);
  const verdict =
    definition === undefined
      ? undefined
      : await replay(
          {
            definition,
            order,
            inputs,
            settings: { ...DEFAULT_SETTINGS, ...value.settings },
            digest: value.contentDigest,
            work: value.work,
          },
          { executor: io.executor, scratchDir: io.outDir, now: io.now },
        );
  const { problems } = value;
  const offer = {
    check: 'offer' as const,
    passed: problems.length === 0,
    detail: cleanText(problems.join('; '), 400),
  };
  const unknown = {
    check: 'order' as const,
    passed: false,
    detail: `${order.product} is not a product that can be replayed`,
  };
  return {
    product: PRODUCT,
    version: VALIDATION_VERSION,
    offer: value.offer,
    offered: order.product,
    subject: order.subject,
    contentDigest: value.contentDigest,
    contentRoot: value.contentRoot,
    workHead: workHead(value.work),
    inputs: order.inputs.map((digest) => digest),
    verdict: offer.passed && verdict?.ok === true ? 'passed' : 'failed',
    checks: [offer, ...(verdict === undefined ? [unknown] : verdict.checks.map((entry) => ({ ...entry })))],
  };
}

function page(found: ValidationReport): string {
  const rows = found.checks.map(({ check, passed, detail }) => [
    check,
    passed ? 'passed' : 'failed',
    plainText(detail, 400),
  ]);
  return [
    `# Validation of ${found.offered} ${found.offer.slice(2, 10)}: ${found.verdict}`,
    '',
    `Goods ${found.contentDigest}, made from ${found.inputs.length} ${found.inputs.length === 1 ? 'input' : 'inputs'}.`,
    '',
    table(['Check', 'Outcome', 'Detail'], rows),
    '',
  ].join('\n');
}
