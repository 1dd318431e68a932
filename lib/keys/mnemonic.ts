import { validate } from 'ox/Mnemonic';
import { english } from 'viem/accounts';
import { SwarmError } from '../core/errors.ts';

/** A valid mnemonic: single spaces, lower case. It is never printed, logged, or put into an error. */
export interface Mnemonic {
  readonly words: string;
}

const COUNTS: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);
const KNOWN = new Set(english);

/**
 * Checks a BIP-39 mnemonic of the English list: number of words, each word, checksum.
 * @throws SwarmError `keys/bad-mnemonic` that says which word is wrong by its place, never by the word.
 */
export function parseMnemonic(text: string): Mnemonic {
  const list = text.normalize('NFKD').trim().toLowerCase().split(/\s+/);
  if (list.length === 1 && list[0] === '') throw bad('it is empty');
  if (!COUNTS.has(list.length)) throw bad(`it has ${list.length} words, not 12, 15, 18, 21 or 24`);
  const strange = list.flatMap((word, index) => (KNOWN.has(word) ? [] : [index + 1]));
  if (strange.length > 0) {
    throw bad(
      `${strange.length === 1 ? 'word' : 'words'} ${strange.join(', ')} ${strange.length === 1 ? 'is' : 'are'} not in the English list of BIP-39`,
    );
  }
  const words = list.join(' ');
  if (!validate(words, english)) throw bad('its checksum is wrong: a word is mistyped or two are swapped');
  return { words };
}

/** Whether a mnemonic is one of the well-known test mnemonics, which repeat a word until the checksum fits. */
export function isPublic({ words }: Mnemonic): boolean {
  return new Set(words.split(' ')).size <= 4;
}

/**
 * Refuses a well-known mnemonic.
 * @throws SwarmError `keys/public-mnemonic`
 */
export function requirePrivate(mnemonic: Mnemonic): void {
  if (!isPublic(mnemonic)) return;
  throw new SwarmError({
    code: 'keys/public-mnemonic',
    disposition: 'stop',
    message: 'This mnemonic is published in manuals: anybody can take what its wallets hold',
    next: 'Create your own with a hardware wallet or another tool that you trust. Nothing was changed.',
  });
}

function bad(why: string): SwarmError {
  return new SwarmError({
    code: 'keys/bad-mnemonic',
    disposition: 'stop',
    message: `The mnemonic can't be used: ${why}`,
    next: 'Enter it again: the words in their order, separated by spaces. Nothing was changed.',
  });
}
