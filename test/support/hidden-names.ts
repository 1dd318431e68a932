import fc from 'fast-check';

/** A name in the forms in which programs, networks and people write it; each is the same name to a reader. */
export function writtenForms(name: string): readonly string[] {
  const between = (sign: string): string => `${name.slice(0, 1)}${sign}${name.slice(1)}`;
  const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const lost = name.replace(/[^\x20-\x7e]/g, '\ufffd');
  return [
    name,
    name.toUpperCase(),
    name.normalize('NFD'),
    between('\u200b'),
    between('\u200d'),
    between('\u2060'),
    between('\u034f'),
    name.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
    name.replaceAll('a', 'а').replaceAll('o', 'о').replaceAll('e', 'е'),
    name.replaceAll('a', 'ᴀ').replaceAll('r', 'ʀ').replaceAll('l', 'ʟ').replaceAll('o', 'ᴏ'),
    name.replace(/[a-z]/g, (letter) => String.fromCodePoint(0x1f170 + letter.charCodeAt(0) - 0x61)),
    name.replaceAll('c', 'ϲ').replaceAll('u', 'ս').replaceAll('k', 'ƙ'),
    ...(lost === name ? [] : [latin1(name), latin1(latin1(name))]),
    // Of a name that is lost as a whole nothing is left to tell.
    ...(/[a-z]/.test(lost) ? [lost] : []),
  ];
}

/** Signs of status that servers put before a nick. */
export const STATUS = ['', '@', '+', '%', '&', '~', '!', '@+'] as const;

/** A choice that a seed makes. */
export interface Choice {
  readonly of: <Value>(values: readonly Value[]) => Value;
}

/** Choices that a seed repeats. */
export function choicesOf(seed: number): Choice {
  const [numbers = []] = fc.sample(fc.array(fc.nat(), { minLength: 400, maxLength: 400 }), { seed, numRuns: 1 });
  let at = 0;
  return {
    of: (values) => {
      const value = values[(numbers[at++ % numbers.length] ?? 0) % values.length];
      if (value === undefined) throw new Error('nothing to choose from');
      return value;
    },
  };
}
