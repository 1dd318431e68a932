import { withoutQuotes } from './people.ts';

/** Slack's markup as plain text (api.slack.com/reference/surfaces/formatting), without what is quoted. `nameOf` tells whom an id names. */
export function plainSlackText(text: string, nameOf: (id: string) => string | undefined): string {
  const plain = text
    .replace(/<([^<>]*)>/gu, (_, inside: string) => {
      const [target = '', label] = split(inside);
      const id = target.slice(1);
      if (target.startsWith('@')) return `@${nameOf(id) ?? label ?? id}`;
      if (target.startsWith('#')) return `#${label ?? id}`;
      if (target.startsWith('!')) return label ?? `@${id.split('^', 1)[0]}`;
      return label ?? target.replace(/^mailto:/u, '');
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return withoutQuotes(plain);
}

/** The people whom Slack's markup mentions by their id, and what it calls them. */
export function mentionedInSlack(text: string): readonly (readonly [string, string | undefined])[] {
  return [...text.matchAll(/<@([A-Z0-9]+)(?:\|([^<>]+))?>/gu)].map(([, id = '', label]) => [id, label]);
}

function split(inside: string): readonly [string, string | undefined] {
  const bar = inside.indexOf('|');
  return bar < 0 ? [inside, undefined] : [inside.slice(0, bar), inside.slice(bar + 1) || undefined];
}
