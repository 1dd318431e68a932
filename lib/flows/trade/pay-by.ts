import type { TradeRequest } from '../../market/terms/request.ts';
import type { TradeSettings } from './settings.ts';

/**
 * Until when a buyer means to pay for what it asked for, in seconds since 1970. Its own request fixes this: a seller that
 * writes one quote after the other can't hold its budget for longer.
 */
export function payBy(
  request: Pick<TradeRequest, 'quoteBy'>,
  settings: Pick<TradeSettings, 'quoteLifeSeconds'>,
): number {
  return request.quoteBy + settings.quoteLifeSeconds;
}
