/** Whether the node itself answered with an error, in contrast to no answer. */
export function wasAnswered(error: unknown): boolean {
  return causesOf(error).some(({ name }) => name === 'RpcRequestError');
}

/** Whether a node says that it already has the transaction, or has mined one with this nonce, which may be the same. */
export function saysKnown(error: unknown): boolean {
  return says(error, ['already known', 'already imported', 'nonce too low', 'oldnonce']);
}

/** Whether a node says that a transaction's fees are too low to replace the one that it has. */
export function saysUnderpriced(error: unknown): boolean {
  return says(error, ['underpriced', 'could not replace', 'replacementnotallowed']);
}

/** An error and its chain of causes, outermost first. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause) causes.push(cause);
  return causes;
}

function says(error: unknown, words: readonly string[]): boolean {
  const text = error instanceof Error ? error.message.toLowerCase() : '';
  return words.some((word) => text.includes(word));
}
