import type { IsolatedProducts } from '../products/isolation/isolated-products.ts';

/** How long work on goods of strangers may go on when the agents rest, in milliseconds: a container is killed after 10 s. */
const GRACE_MS = 2000;

/** Waits until the agents rest, and ends the work on goods of strangers: theirs that still runs a little later, then all. */
export async function restWithWork(work: Pick<IsolatedProducts, 'close'>, rest: () => Promise<void>): Promise<void> {
  const late = setTimeout(work.close, GRACE_MS);
  try {
    await rest();
  } finally {
    clearTimeout(late);
    work.close();
  }
}
