import type { TradeRequest } from '../../market/terms/request.ts';
import type { TradeSettings } from './settings.ts';

/**
 * The latest time at which a buyer pays for a request, in seconds since 1970. It depends only on the request, so a seller that
 * writes one quote after another can't reserve the buyer's budget for longer.
 */
export function payBy(
  request: Pick<TradeRequest, 'quoteBy'>,
  settings: Pick<TradeSettings, 'quoteLifeSeconds'>,
): number {
  return request.quoteBy + settings.quoteLifeSeconds;
}
