import { encodeFunctionData, type Hex } from 'viem';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import type { SignedAuthorization } from '../terms/authorization.ts';
import type { SignedConfirmation } from '../terms/confirmation.ts';
import { type Quote, quoteMessage } from '../terms/quote.ts';
import { compactSignature } from '../terms/signature.ts';

/** A quote with its payment. */
export interface Opening {
  readonly quote: Quote;
  readonly authorization: SignedAuthorization;
}

/** A quote with the key that opens its goods. The key is a secret until its transaction is mined. */
export interface Reveal {
  readonly quote: Quote;
  readonly key: Hex;
}

/** A quote with its buyer's signed confirmation. */
export interface Confirmed {
  readonly quote: Quote;
  readonly confirmation: SignedConfirmation;
}

/** Encodes `open`, the only call of an opening that may be simulated. */
export function encodeOpen(opening: Opening): Hex {
  return encodeFunctionData({ abi: escrowAbi, functionName: 'open', args: [openItem(opening)] });
}

export function encodeOpenMany(openings: readonly Opening[]): Hex {
  return encodeFunctionData({ abi: escrowAbi, functionName: 'openMany', args: [openings.map(openItem)] });
}

export function encodeOpenAndReveal(opening: Opening, key: Hex): Hex {
  return encodeFunctionData({ abi: escrowAbi, functionName: 'openAndReveal', args: [openItem(opening), key] });
}

export function encodeRevealMany(reveals: readonly Reveal[]): Hex {
  const items = reveals.map(({ quote, key }) => ({ quote: quoteMessage(quote), k: key }));
  return encodeFunctionData({ abi: escrowAbi, functionName: 'revealMany', args: [items] });
}

export function encodeConfirmMany(items: readonly Confirmed[]): Hex {
  const args = items.map(({ quote, confirmation }) => ({
    quote: quoteMessage(quote),
    ...compactSignature(confirmation.signature),
  }));
  return encodeFunctionData({ abi: escrowAbi, functionName: 'confirmMany', args: [args] });
}

export function encodeSettleMany(quotes: readonly Quote[]): Hex {
  return encodeFunctionData({ abi: escrowAbi, functionName: 'settleMany', args: [quotes.map(quoteMessage)] });
}

export function encodeRefundMany(quotes: readonly Quote[]): Hex {
  return encodeFunctionData({ abi: escrowAbi, functionName: 'refundMany', args: [quotes.map(quoteMessage)] });
}

function openItem({ quote, authorization }: Opening) {
  return { quote: quoteMessage(quote), ...compactSignature(authorization.signature) };
}
