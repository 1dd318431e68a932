import { isDay, type DateOrder as SaidOrder } from './format.ts';

/** The orders in which a date's numbers may stand. */
const ORDERS = ['dmy', 'mdy', 'ymd'] as const;
export type DateOrder = (typeof ORDERS)[number];

/** Learns the order of day, month and year from all dates of a file. */
export interface DateOrders {
  readonly see: (date: string) => void;
  /** The one order in which all dates exist and none is before the one above it; undefined when several or none are so. */
  readonly order: () => DateOrder | undefined;
}

/**
 * Starts with all orders possible. Between two decides `dayOfFile`, when only one of them has that day in the file, and else what the
 * owner says.
 */
export function createDateOrders(dayOfFile: string | undefined, said?: SaidOrder): DateOrders {
  const last = new Map<DateOrder, string>(ORDERS.map((order) => [order, '']));
  const withDay = new Set<DateOrder>();
  let differs = false;
  return {
    see: (date) => {
      const days = new Set<string>();
      for (const [order, before] of last) {
        const day = dayInOrder(date, order);
        if (day === undefined || day < before) last.delete(order);
        else {
          last.set(order, day);
          days.add(day);
          if (day === dayOfFile) withDay.add(order);
        }
      }
      differs ||= days.size > 1;
    },
    order: () => {
      const [first, ...others] = last.keys();
      if (others.length === 0 || !differs) return first;
      const named = [...last.keys()].filter((order) => withDay.has(order));
      if (named.length === 1) return named[0];
      const meant = said === undefined ? undefined : said === 'day-first' ? 'dmy' : 'mdy';
      return meant !== undefined && last.has(meant) ? meant : undefined;
    },
  };
}

/** The day that a date means in an order; undefined when there is no such day. Dates with points are never month first. */
export function dayInOrder(date: string, order: DateOrder): string | undefined {
  const parts = /^(\d{1,4})([./-]) ?(\d{1,2})\2 ?(\d{1,4})\.?$/.exec(date);
  if (parts === null) return undefined;
  const [, a = '', sign, b = '', c = ''] = parts;
  if (order === 'mdy' && sign === '.') return undefined;
  const [year, month, day] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b];
  if (day.length > 2 || (order === 'ymd' && year.length !== 4) || (year.length !== 2 && year.length !== 4))
    return undefined;
  const text = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(text) ? text : undefined;
}
