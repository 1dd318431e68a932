import { z } from 'zod';
import type { OfferFact } from '../core/facts.ts';
import { agentName, hex32, productName } from '../core/ids.ts';
import type { Need } from '../core/intent.ts';
import { plainText, table, wikilink } from '../core/markdown.ts';
import { atomicAmount, formatUsdc } from '../core/money.ts';
import { type NoteKind, noteEnvelope } from '../core/note.ts';

const page = { ...noteEnvelope.shape, schema: z.literal(1), id: agentName, owner: agentName };

const offeringsSchema = z.strictObject({
  ...page,
  kind: z.literal('offerings'),
  count: z.number().int().min(0),
  offers: z
    .array(
      z.strictObject({
        id: hex32,
        product: productName,
        title: z.string().max(80),
        priceAtomic: atomicAmount,
        report: hex32.optional(),
        reporter: agentName.optional(),
      }),
    )
    .max(2000),
});
export type Offerings = z.infer<typeof offeringsSchema>;

/** `agents/<name>/offerings.md`: what it sells now, an index rendered from its offers. */
export const offeringsKind: NoteKind<Offerings> = {
  kind: 'offerings',
  version: 1,
  path: /^agents\/([^/]+)\/offerings\.md$/,
  schema: offeringsSchema,
  front: (data) => ({
    ...data,
    offers: data.offers.map((offer) => ({ ...offer, priceAtomic: offer.priceAtomic.toString() })),
  }),
  body: (data) =>
    [
      `# What ${data.id} sells`,
      '',
      data.offers.length === 0 ? 'Nothing at the moment.' : '',
      data.offers.length === 0
        ? ''
        : table(
            ['Product', 'Title', 'USDC', 'Offer', 'Validated'],
            data.offers.map((offer) => [
              offer.product,
              plainText(offer.title, 80),
              formatUsdc(offer.priceAtomic),
              wikilink(`agents/${data.id}/offers/${offer.id}`, offer.id.slice(2, 10)),
              offer.report === undefined || offer.reporter === undefined
                ? ''
                : wikilink(`agents/${offer.reporter}/offers/${offer.report}`, 'report'),
            ]),
          ),
      '',
    ].join('\n'),
};

const needsSchema = z.strictObject({
  ...page,
  kind: z.literal('needs'),
  count: z.number().int().min(0),
  needs: z
    .array(z.strictObject({ id: hex32, product: productName, maxPriceAtomic: atomicAmount, why: z.string().max(200) }))
    .max(20),
});
export type Needs = z.infer<typeof needsSchema>;

/** `agents/<name>/needs.md`: what it would buy now if it were offered. */
export const needsKind: NoteKind<Needs> = {
  kind: 'needs',
  version: 1,
  path: /^agents\/([^/]+)\/needs\.md$/,
  schema: needsSchema,
  front: (data) => ({
    ...data,
    needs: data.needs.map((need) => ({ ...need, maxPriceAtomic: need.maxPriceAtomic.toString() })),
  }),
  body: (data) =>
    [
      `# What ${data.id} looks for`,
      '',
      data.needs.length === 0
        ? 'Everything it wants is on offer, or it has it.'
        : table(
            ['Product', 'Pays up to (USDC)', 'Why'],
            data.needs.map((need) => [need.product, formatUsdc(need.maxPriceAtomic), plainText(need.why, 200)]),
          ),
      '',
    ].join('\n'),
};

/** Renders an agent's offerings. `reports` holds the report offer for each offer that was validated. */
export function offeringsOf(
  name: string,
  offers: readonly OfferFact[],
  reports: ReadonlyMap<string, OfferFact>,
): Offerings {
  const sorted = [...offers].sort((a, b) => (a.product + a.title + a.id < b.product + b.title + b.id ? -1 : 1));
  return {
    kind: 'offerings',
    schema: 1,
    id: name,
    owner: name,
    count: sorted.length,
    offers: sorted.slice(0, 2000).map((offer) => {
      const report = reports.get(offer.id);
      return {
        id: offer.id,
        product: offer.product,
        title: offer.title,
        priceAtomic: offer.priceAtomic,
        ...(report === undefined ? {} : { report: report.id, reporter: report.seller }),
      };
    }),
  };
}

/** Renders an agent's needs. */
export function needsOf(name: string, needs: readonly Need[]): Needs {
  return { kind: 'needs', schema: 1, id: name, owner: name, count: needs.length, needs: [...needs] };
}
