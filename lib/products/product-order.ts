import { SwarmError } from '../core/errors.ts';
import { plainValue } from '../core/markdown.ts';
import type { Json } from '../work/canonical-json.ts';
import { digestOf } from '../work/digest.ts';
import type { InputRef, WorkOrder } from './definition.ts';

/** The parts of a work order; its key is computed from the others. */
export interface OrderParts extends Omit<WorkOrder, 'key'> {
  readonly version: string;
  /** The settings that change the goods, and nothing else. */
  readonly settings: Json;
}

/** Creates a work order: its key is a hash of product, version, subject, inputs and settings; its title is made inert and cut. */
export function createOrder(parts: OrderParts): WorkOrder {
  const { version, settings, ...rest } = parts;
  const { product, subject, inputs } = rest;
  return {
    ...rest,
    title: plainValue(rest.title, 80),
    key: digestOf({ product, version, subject, inputs, settings }),
  };
}

/**
 * Finds the inputs that an order names, in the order's own sequence.
 * @throws SwarmError `products/input-missing` when one is not there.
 */
export function inputsOf(order: WorkOrder, inputs: readonly InputRef[]): readonly InputRef[] {
  const byDigest = new Map(inputs.map((input) => [input.digest, input]));
  return order.inputs.map((digest) => {
    const input = byDigest.get(digest);
    if (input !== undefined) return input;
    throw new SwarmError({
      code: 'products/input-missing',
      disposition: 'wait',
      message: `${order.product} needs the input ${digest}, which is not among those given`,
      next: 'Plan again from the inputs that are available.',
    });
  });
}

/** Leaves out what is given twice and sorts by label, then digest: the same whatever order the inputs come in. */
export function distinctInputs(inputs: readonly InputRef[], product: string): readonly InputRef[] {
  const byDigest = new Map<string, InputRef>();
  for (const input of inputs) {
    if (input.product !== product) continue;
    const known = byDigest.get(input.digest);
    if (known === undefined || input.label < known.label) byDigest.set(input.digest, input);
  }
  return [...byDigest.values()].sort((a, b) =>
    a.label === b.label ? (a.digest < b.digest ? -1 : 1) : a.label < b.label ? -1 : 1,
  );
}
