import type { Speaker } from './format.ts';
import { personOf } from './people.ts';

/** A tag that names somebody else than the speaker: whom it is about, and which of their names. */
const OTHER =
  /^(reply-parent|reply-thread-parent|msg-param-(?:[a-z]+-)*(?:recipient|sender|gifter|prior-gifter))-(?:(user-login|user-name|login|name)|(display-name)|(?:user-)?(id))$/u;

/** Those whom the tags of a message of Twitch name beside its speaker: whom it answers, who gets or gave a gift. */
export function othersInTags(tags: Iterable<readonly [string, string]>): readonly Speaker[] {
  const found = new Map<string, { login?: string; shown?: string; id?: string }>();
  for (const [tag, value] of tags) {
    const [, whom, login, shown, id] = OTHER.exec(tag.replaceAll('_', '-').toLowerCase()) ?? [];
    if (whom === undefined || value === '') continue;
    const other = found.get(whom) ?? {};
    if (login !== undefined) other.login = value;
    if (shown !== undefined) other.shown = value;
    if (id !== undefined) other.id = value;
    found.set(whom, other);
  }
  return [...found.values()].flatMap(
    ({ login, shown, id }) => personOf([login, shown], id === undefined ? undefined : `twitch:${id}`) ?? [],
  );
}
