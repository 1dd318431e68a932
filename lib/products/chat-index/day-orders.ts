import type { Json } from '../../work/canonical-json.ts';
import { CHAT, type InputRef, type WorkOrder } from '../definition.ts';
import { createOrder, distinctInputs } from '../product-order.ts';
import type { ProductSettings } from '../settings.ts';

/** Plans the one piece of goods that is made from all days of chat, or the newest where the corpus has a window. */
export function planFromDays(
  inputs: readonly InputRef[],
  settings: ProductSettings,
  kind: {
    readonly product: string;
    readonly version: string;
    readonly topics: readonly string[];
    readonly title: string;
    readonly settings: Json;
  },
): readonly WorkOrder[] {
  const all = distinctInputs(inputs, CHAT);
  const days = settings.windowDays === 0 ? all : all.slice(-settings.windowDays);
  const [first, last] = [days[0]?.label, days.at(-1)?.label];
  if (first === undefined || last === undefined) return [];
  const about = settings.title === '' ? 'chat logs' : settings.title;
  const span = days.length === 1 ? first : `${first} to ${last}`;
  return [
    createOrder({
      product: kind.product,
      version: kind.version,
      subject: '',
      title: `${kind.title}, ${span}, of ${about}`,
      topics: kind.topics,
      rank: Math.floor(Date.parse(`${last}T00:00:00Z`) / 86_400_000),
      unitCount: 1,
      inputs: days.map(({ digest }) => digest),
      settings: kind.settings,
    }),
  ];
}
