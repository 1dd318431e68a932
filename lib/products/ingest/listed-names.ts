import { withoutMojibake } from './mojibake.ts';
import { foldName, LOST } from './name-fold.ts';

/** Folders of pages of people: `https://www.reddit.com/user/carla`. */
const FOLDERS_OF_PEOPLE = /^(?:u|users?|c|channels?|in|profiles?|people|members?|#)$/i;
const ADDRESS = /^(?:https?:\/\/)?(?:[a-z0-9-]+\.)+[a-z]{2,}\/(\S*)$/i;
/** Between several names in one entry. */
const BETWEEN = /\s*[,;]\s*|\s+(?:\/|\||&|=|->|aka|alias)\s+/i;

/**
 * The names that an entry of a list of people means, as it is written and without what people put around names: signs of status
 * (`@carla`), brackets, quotes, a colon, a remark (`carla (ops)`), a server, a page (`https://twitch.tv/carla`), several in one.
 * None when it can't be understood: patterns, pages without a name, labels, lost characters.
 */
export function namesInEntry(entry: string): readonly string[] | undefined {
  const text = entry.trim();
  if (text === '' || text.includes(LOST) || /[\r\n\t]/.test(text)) return undefined;
  const mask = /^([^\s!*?]+)!\S*@\S*$/.exec(text)?.[1];
  if (mask !== undefined) return named(text, withoutDecoration(mask));
  const user = /^\/?u(?:ser)?\/([^\s/]+)\/?$/i.exec(text)?.[1];
  if (user !== undefined) return named(text, user);
  if (text.includes('*') || /^\/.*\/[a-z]*$/.test(text)) return undefined;
  const mention = /^<@!?(\w{1,40})(?:\|([^>]+))?>$/.exec(text);
  if (mention !== null) return named(text, ...mention.slice(1).filter((part) => part !== undefined));
  const page = ADDRESS.exec(text)?.[1] ?? (text.includes('://') ? '' : undefined);
  if (page !== undefined) return nameOfPage(text, page);
  if (/^[\p{L}_]+:\s+\S/u.test(text)) return undefined;
  const parts = text.split(BETWEEN).filter((part) => part !== '');
  return named(text, ...parts, ...parts.map(withoutDecoration));
}

/** A name without signs of status, brackets, quotes, remarks, numbers and servers around it; empty when nothing else is there. */
export function withoutDecoration(name: string): string {
  let rest = name.trim();
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest
      .replace(/^(?:["'`“”‘’«»]+)(.*?)(?:["'`“”‘’«»]+)$/su, '$1')
      .replace(/^(?:<([^<>]*)>|\[([^[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\})$/su, '$1$2$3$4')
      .replace(/^@([^\s:@]+):[\w.-]+$/u, '$1')
      .replace(/^[@+%&~!]+/u, '')
      .replace(/^(?:[-•]\s+|\d+[.)]\s+)/u, '')
      .replace(/[:,;]+$/u, '')
      .replace(/(?<=\S)\s+(?:[([].*[)\]]|#.*|[-–—]\s.*)$/su, '')
      .replace(/(?<=\S)#\d{1,4}$/u, '')
      .replace(/^([^\s@]+)@[^\s@]+$/u, '$1')
      .trim();
  }
  return rest;
}

function nameOfPage(entry: string, page: string): readonly string[] | undefined {
  const [path = ''] = page.replace(/^#\//, '').split(/[?#]/);
  const [first = '', second, ...more] = path.split('/').filter((part) => part !== '');
  const last = second === undefined ? first : FOLDERS_OF_PEOPLE.test(first) && more.length === 0 ? second : '';
  const name = withoutDecoration(last);
  return name === '' ? undefined : [entry, name];
}

/** Those of some names that are any, also as they were before an encoding was mistaken. */
function named(...names: readonly string[]): readonly string[] | undefined {
  const all = names.flatMap((name) => [name, withoutMojibake(name)]).filter(isName);
  return all.length === 0 ? undefined : [...new Set(all)];
}

/** A name has letters or digits, or is of what IRC allows beside them. */
function isName(name: string): boolean {
  return foldName(name) !== '' && (/[\p{L}\p{N}\p{S}]/u.test(name) || /^[[\]\\`_^{|}~-]+$/.test(name));
}
