import { Decrypter, Encrypter } from 'age-encryption';

/** An encrypted byte stream: `size` returns its number of bytes for a number of source bytes. */
export interface EncryptedStream extends AsyncIterable<Uint8Array> {
  readonly size: (sourceBytes: number) => number;
}

/** Encrypts a byte stream with age (binary form) to a recipient `age1…`. Errors of the source are passed on. */
export async function encryptStream(source: AsyncIterable<Uint8Array>, recipient: string): Promise<EncryptedStream> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(toWebStream(source));
}

/** Decrypts an age byte stream with an identity `AGE-SECRET-KEY-1…`. Throws age's errors if it isn't encrypted to this identity. */
export async function decryptStream(
  source: AsyncIterable<Uint8Array>,
  identity: string,
): Promise<AsyncIterable<Uint8Array>> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(toWebStream(source));
}

// Pulls one piece at a time, so that memory stays constant with a slow reader; cancelling closes the source.
function toWebStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const step = await iterator.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value);
      },
      cancel: async () => {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
