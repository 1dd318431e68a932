import type { ChatEvent, Person } from './written-chat.ts';

/** Numbers from 0 to below `of`, always the same for a seed (mulberry32). */
export function seededNumbers(seed: number): (of: number) => number {
  let state = seed >>> 0;
  return (of) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * of);
  };
}

/** A conversation, of whom it is, and whose words have the mark of the one who is to be left out. */
export interface Conversation {
  readonly events: readonly ChatEvent[];
  readonly absent: Person;
  /** Every name of the one who is to be left out. */
  readonly names: readonly string[];
}

/** In every text of the one who is to be left out, and in no other. */
export const MARK = 'xyzzyword';

/** Makes up a conversation of five, of whom one is to be left out: speaks, acts, whispers, is renamed, and is spoken of by every name. */
export function madeConversation(seed: number): Conversation {
  const pick = seededNumbers(seed);
  const word = (): string => Array.from({ length: 7 }, () => 'bcdfghklmnprstvz'.charAt(pick(16))).join('');
  const person = (): Person => {
    const sign = (['', '@', '+'] as const)[pick(3)] ?? '';
    return { login: `${word()}_${pick(90) + 10}`, display: `${word()}${word()}`, id: `${pick(9e8) + 1e8}`, sign };
  };
  const others = [person(), person(), person(), person()];
  const absent = person();
  const away: Person = { ...absent, login: `${word()}away` };
  const names = [absent.login, absent.display, away.login];
  const other = (): Person => others[pick(4)] ?? absent;
  const spelled = (name: string): string => (pick(2) === 0 ? name : name.toUpperCase());
  const spokenOf = (name: string): string =>
    [`${name}: what is that`, `I told @${name} so`, `ask ${spelled(name)} about it`, `<${name}> said it`][pick(4)] ??
    name;
  const events: ChatEvent[] = [...others, absent].map((who) => ({ kind: 'join', who, text: '' }));
  for (const who of [...others, absent])
    events.push({ kind: 'say', who, text: who === absent ? `hello ${MARK}` : 'hello there' });
  let now = absent;
  for (let count = 0; count < 25; count += 1) {
    const choice = pick(8);
    if (choice === 0) events.push({ kind: 'act', who: other(), text: 'waves around' });
    else if (choice === 1) events.push({ kind: 'act', who: now, text: `shows ${MARK}` });
    else if (choice === 2) events.push({ kind: 'whisper', who: other(), text: 'secretword for you' });
    else if (choice === 3) events.push({ kind: 'ops-notice', who: other(), text: 'secretword for operators' });
    else if (choice === 4) {
      const to = now === absent ? away : absent;
      events.push({ kind: 'rename', who: now, to, text: '' });
      now = to;
    } else if (choice === 5) events.push({ kind: 'say', who: now, text: `my ${MARK} again` });
    else if (choice === 6)
      events.push({ kind: 'say', who: other(), text: spokenOf(names[pick(now === absent ? 2 : 3)] ?? '') });
    else events.push({ kind: 'say', who: other(), text: `number ${count} of many` });
  }
  return { events, absent, names };
}
