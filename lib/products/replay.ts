import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { formatError } from '../core/errors.ts';
import { cleanText, withoutPaths } from '../core/text.ts';
import type { Executor, WorkRecord } from '../core/work.ts';
import { compareWork, verifyWork } from '../work/work-chain.ts';
import type { InputRef, ProductDefinition, WorkOrder } from './definition.ts';
import type { ProductSettings } from './settings.ts';

/** What a maker claims and what is needed to verify it. */
export interface ReplayClaim {
  readonly definition: ProductDefinition;
  readonly order: WorkOrder;
  readonly inputs: readonly InputRef[];
  readonly settings: ProductSettings;
  /** The SHA-256 of the goods that are sold. */
  readonly digest: Hex;
  readonly work: readonly WorkRecord[];
}

/** One thing that was checked. `detail` is empty when it passed. */
export interface ReplayCheck {
  readonly check: 'chain-of-work' | 'order' | 'replay' | 'bytes' | 'same-work';
  readonly passed: boolean;
  readonly detail: string;
}

/** The outcome of a replay. */
export interface ReplayVerdict {
  readonly ok: boolean;
  /** The reasons of failure; empty if all checks passed. */
  readonly reasons: readonly string[];
  /** The checks in order; those that a failed order or replay makes impossible are left out. */
  readonly checks: readonly ReplayCheck[];
}

/**
 * Makes goods again from their inputs and compares the bytes and the chain of work with what is claimed; durations
 * and executors may differ. Never throws for an error of the maker: that is a failed check.
 */
export async function replay(
  claim: ReplayClaim,
  io: { readonly executor: Executor; readonly scratchDir: string; readonly now: () => number },
): Promise<ReplayVerdict> {
  const { definition, order, inputs, settings } = claim;
  const checks: ReplayCheck[] = [];
  const check = (name: ReplayCheck['check'], problems: readonly string[]) => {
    checks.push({
      check: name,
      passed: problems.length === 0,
      detail: cleanText(problems.slice(0, 5).join('; '), 400),
    });
  };
  check('chain-of-work', verifyWork(claim.work));
  check('order', await orderProblems(claim, io.executor));
  if (checks.at(-1)?.passed !== true) return verdictOf(checks);
  const outDir = await mkdtemp(join(io.scratchDir, 'replay-'));
  try {
    const made = await definition.make(order, inputs, settings, { executor: io.executor, outDir, now: io.now });
    check('replay', []);
    check('bytes', made.digest === claim.digest ? [] : [`the replay gives ${made.digest}, claimed is ${claim.digest}`]);
    check('same-work', compareWork(claim.work, made.work));
  } catch (error) {
    check('replay', [reasonOf(error)]);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
  return verdictOf(checks);
}

/** Plans again and compares: an order that doesn't result from the inputs and settings is invented, whatever its goods are. */
async function orderProblems(
  { definition, order, inputs, settings }: ReplayClaim,
  executor: Executor,
): Promise<readonly string[]> {
  if (order.product !== definition.name) return [`the order is for ${order.product}, not ${definition.name}`];
  try {
    const planned = await definition.plan(inputs, { ...settings, alreadyOffered: new Set() }, executor);
    const same = planned.find(({ key }) => key === order.key);
    if (same === undefined) return [`no order with the key ${order.key} follows from the inputs and the settings`];
    return same.subject === order.subject ? [] : ['the order with this key is about somebody else'];
  } catch (error) {
    return [reasonOf(error)];
  }
}

function reasonOf(error: unknown): string {
  return withoutPaths(formatError(error), 'the input');
}

function verdictOf(checks: readonly ReplayCheck[]): ReplayVerdict {
  const failed = checks.filter(({ passed }) => !passed);
  return { ok: failed.length === 0, reasons: failed.map(({ check: name, detail }) => `${name}: ${detail}`), checks };
}
