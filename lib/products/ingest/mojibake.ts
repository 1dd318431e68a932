/** What Windows-1252 has at 0x80 to 0x9f; a blank where it has nothing. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const RUN = new RegExp(`[\\u0080-\\u00ff${WINDOWS_1252.replaceAll(' ', '')}]{2,}`, 'gu');
/** How often a text may have been read wrongly. */
const MAX_TIMES = 3;

/**
 * Reads again what was UTF-8 and was taken for Latin-1 or Windows-1252 (`JosÃ©` becomes `José`), also where that happened several
 * times. Everything else stays.
 */
export function withoutMojibake(text: string): string {
  let result = text;
  for (let time = 0; time < MAX_TIMES; time += 1) {
    const mended = result.replace(RUN, (run) => utf8Of(run) ?? run);
    if (mended === result) return result;
    result = mended;
  }
  return result;
}

function utf8Of(run: string): string | undefined {
  const bytes = [...run].map((character) => {
    const special = WINDOWS_1252.indexOf(character);
    return special >= 0 ? 0x80 + special : (character.codePointAt(0) ?? 0);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
