import { z } from 'zod';
import type { OfferFact } from '../../core/facts.ts';
import { agentName, hex32, productName } from '../../core/ids.ts';
import type { Need } from '../../core/intent.ts';
import { plainText, table, wikilink } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';

/** The maximum number of rows, so that the page fits into a note; the counts include all. */
const MOST_TASKS = 200;

const match = z.strictObject({
  agent: agentName,
  need: hex32,
  product: productName,
  maxPriceAtomic: atomicAmount,
  why: z.string().max(200),
  offers: z.array(z.strictObject({ id: hex32, seller: agentName })).max(3),
});

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('tasks'),
  schema: z.literal(1),
  open: z.number().int().min(0),
  matched: z.number().int().min(0),
  tasks: z.array(match).max(1000),
});
export type Tasks = z.infer<typeof schema>;

/** `shared/tasks.md`: the needs of all agents and the offers that would meet them, rendered by the coordinator. */
export const tasksKind: NoteKind<Tasks> = {
  kind: 'tasks',
  version: 1,
  path: /^shared\/tasks\.md$/,
  schema,
  front: (data) => ({
    ...data,
    tasks: data.tasks.map((task) => ({ ...task, maxPriceAtomic: task.maxPriceAtomic.toString() })),
  }),
  body: (data) =>
    [
      '# Needs and who could meet them',
      '',
      `${data.open} needs are open; ${data.matched} of them could be met by what is on offer now.`,
      '',
      table(
        ['Who', 'Needs', 'Pays up to (USDC)', 'Why', 'On offer'],
        data.tasks.map((task) => [
          wikilink(task.agent),
          task.product,
          formatUsdc(task.maxPriceAtomic),
          plainText(task.why, 200),
          task.offers.map(({ id, seller }) => wikilink(`agents/${seller}/offers/${id}`, id.slice(2, 10))).join(' '),
        ]),
      ),
      '',
    ].join('\n'),
};

/** Matches each need with the three cheapest live offers that meet it and whose goods the agent doesn't have. */
export function tasksOf(
  owner: string,
  needs: readonly { readonly agent: string; readonly need: Need }[],
  offers: readonly OfferFact[],
  has: (agent: string, offer: OfferFact) => boolean,
): Tasks {
  const tasks = needs.map(({ agent, need }) => ({
    agent,
    need: need.id,
    product: need.product,
    maxPriceAtomic: need.maxPriceAtomic,
    why: need.why,
    offers: offers
      .filter(
        (offer) =>
          offer.product === need.product &&
          offer.seller !== agent &&
          offer.forAgent === undefined &&
          !has(agent, offer) &&
          offer.priceAtomic <= need.maxPriceAtomic,
      )
      .sort((a, b) =>
        a.priceAtomic === b.priceAtomic ? (a.id < b.id ? -1 : 1) : a.priceAtomic < b.priceAtomic ? -1 : 1,
      )
      .slice(0, 3)
      .map(({ id, seller }) => ({ id, seller })),
  }));
  return {
    kind: 'tasks',
    schema: 1,
    id: 'tasks',
    owner,
    open: tasks.length,
    matched: tasks.filter((task) => task.offers.length > 0).length,
    tasks: tasks.slice(0, MOST_TASKS),
  };
}
