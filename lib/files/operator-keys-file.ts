import { formatError, SwarmError } from '../core/errors.ts';
import { joinOperatorKeys, type OperatorKeys, parseOperatorKeys } from '../core/operator-keys.ts';
import { readRegularFile } from './read-regular-file.ts';

const MAX_BYTES = 64 * 1024;

/** Where a host's configuration has the public keys of operators: a list, a file, both or neither. */
export interface OperatorKeysSource {
  readonly KK_OPERATOR_KEYS?: string | undefined;
  readonly KK_OPERATOR_KEYS_FILE?: string | undefined;
}

/**
 * Reads the public keys of the operators from a host's configuration.
 * @throws SwarmError `keys/bad-operator-key`, or `keys/no-operator-key-file` (wait) when the file isn't there yet.
 */
export async function readOperatorKeys(source: OperatorKeysSource): Promise<OperatorKeys> {
  const { KK_OPERATOR_KEYS: listed = '', KK_OPERATOR_KEYS_FILE: file } = source;
  const given = parseOperatorKeys(listed);
  if (file === undefined) return given;
  const text = await readRegularFile(file, MAX_BYTES).catch((cause: unknown) => {
    throw new SwarmError({
      code: 'keys/no-operator-key-file',
      disposition: 'wait',
      message: `The operators' public keys can't be read: ${formatError(cause)}`,
      next: `Put them into ${file}, one a line, or unset KK_OPERATOR_KEYS_FILE.`,
      cause,
    });
  });
  return joinOperatorKeys(given, parseOperatorKeys(text));
}
