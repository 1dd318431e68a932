import { type Hex, recoverMessageAddress } from 'viem';

/** Finds the wallet that signed a text as a personal message (EIP-191), in lower case; undefined when the signature is none. */
export async function recoverWallet(text: string, signature: string): Promise<string | undefined> {
  try {
    return (await recoverMessageAddress({ message: text, signature: signature as Hex })).toLowerCase();
  } catch {
    return undefined;
  }
}
