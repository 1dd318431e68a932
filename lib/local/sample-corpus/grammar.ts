import type { Random } from './random.ts';

/** What stands for `{name}` in the templates of one conversation: chosen once, so that all speak of the same thing. */
export type Slots = ReadonlyMap<string, string>;

/**
 * Turns a template into a sentence: `[one|two|]` becomes one of its alternatives (they may nest), `{name}` becomes its
 * slot. Text without brackets stays as it is.
 * @throws RangeError for a slot that is not there or a bracket that is not closed: a mistake in a phrase bank.
 */
export function expand(template: string, slots: Slots, random: Random): string {
  const [text, end] = sequence(template, 0, slots, random);
  if (end < template.length) throw new RangeError(`unbalanced bracket in: ${template}`);
  return text.replaceAll(/ {2,}/g, ' ').trim();
}

/** Chooses a value for every slot of a conversation. */
export function fillSlots(choices: Readonly<Record<string, readonly string[]>>, random: Random): Slots {
  return new Map(Object.entries(choices).map(([name, values]) => [name, random.pick(values)]));
}

/** Expands from `start` up to a `|` or `]` of the surrounding bracket; gives the text and where it stopped. */
function sequence(template: string, start: number, slots: Slots, random: Random): readonly [string, number] {
  let text = '';
  let at = start;
  while (at < template.length) {
    const character = template[at];
    if (character === '|' || character === ']') break;
    if (character === '[') {
      const [chosen, end] = alternatives(template, at + 1, slots, random);
      text += chosen;
      at = end;
    } else if (character === '{') {
      const close = template.indexOf('}', at);
      const value = slots.get(template.slice(at + 1, close));
      if (close < 0 || value === undefined) throw new RangeError(`unknown slot in: ${template}`);
      text += value;
      at = close + 1;
    } else {
      text += character;
      at++;
    }
  }
  return [text, at];
}

function alternatives(template: string, start: number, slots: Slots, random: Random): readonly [string, number] {
  const options: string[] = [];
  let at = start;
  for (;;) {
    const [option, end] = sequence(template, at, slots, random);
    options.push(option);
    if (end >= template.length) throw new RangeError(`bracket is not closed in: ${template}`);
    at = end + 1;
    if (template[end] === ']') return [random.pick(options), at];
  }
}
