/** A nick without the signs of status that servers put before it (`@`, `+`, `%`, `&`, `~`, `!`), also several. No nick starts with one. */
export function withoutStatus(nick: string): string {
  const bare = nick.replace(/^[@+%&~!]+/, '');
  return bare === '' ? nick : bare;
}
