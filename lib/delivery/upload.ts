import type { Hex } from 'viem';
import { deliveryObjectKey } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { type SealInput, sealPackage } from './package.ts';
import { packageBytesOf } from './package-format.ts';
import { putEncrypted } from './put-encrypted.ts';

/** What to upload, and for whom. */
export interface UploadInput extends SealInput {
  /** The seller's name or address: the folder of its objects. */
  readonly seller: string;
  readonly trade: Hex;
  /** The buyer's delivery key, `age1…`. */
  readonly recipient: string;
}

/** The object of an upload, and what the quote promises about it. */
export interface UploadedDelivery {
  readonly objectKey: string;
  readonly sealedRoot: Hex;
}

/**
 * Seals a file, encrypts it to the buyer and uploads it, streaming. Safe to repeat: the same trade overwrites its object
 * with the same goods under a new age layer.
 * @throws SwarmError `delivery/goods-changed`, `delivery/store-refused`, `delivery/store-unreachable`.
 */
export async function uploadDelivery(store: ObjectStore, input: UploadInput): Promise<UploadedDelivery> {
  const objectKey = deliveryObjectKey(store, input.seller, input.trade);
  const sizeBytes = packageBytesOf(input.goods.sizeBytes);
  let sealed = sealPackage(input);
  const open = () => {
    sealed = sealPackage(input);
    return { bytes: sealed.bytes, sizeBytes };
  };
  await putEncrypted(store, objectKey, open, input.recipient);
  return { objectKey, sealedRoot: sealed.sealedRoot() };
}
