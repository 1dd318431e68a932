import type { Aspect, MeasureName, VoiceProfile } from './goods.ts';

type Measures = VoiceProfile['measures'];
type Trait = VoiceProfile['traits'][number];

interface Rule {
  readonly aspect: Aspect;
  readonly measure: MeasureName;
  readonly from?: number;
  readonly below?: number;
  readonly statement: (value: number) => string;
}

const percent = (value: number) => `${Math.round(value * 100)}%`;

/** What is worth saying, and from which value on. One rule a statement; the first of an exclusive pair has the bound of the other. */
const RULES: readonly Rule[] = [
  { aspect: 'length', measure: 'wordsPerMessage', below: 7, statement: (value) => `terse: ${value} words a message` },
  {
    aspect: 'length',
    measure: 'wordsPerMessage',
    from: 7,
    below: 14,
    statement: (value) => `of middling length: ${value} words a message`,
  },
  {
    aspect: 'length',
    measure: 'wordsPerMessage',
    from: 14,
    statement: (value) => `expansive: ${value} words a message`,
  },
  { aspect: 'vocabulary', measure: 'mtld', from: 110, statement: (value) => `a rich vocabulary: MTLD ${value}` },
  {
    aspect: 'vocabulary',
    measure: 'mtld',
    from: 65,
    below: 110,
    statement: (value) => `an everyday vocabulary: MTLD ${value}`,
  },
  { aspect: 'vocabulary', measure: 'mtld', below: 65, statement: (value) => `a repetitive vocabulary: MTLD ${value}` },
  {
    aspect: 'tone',
    measure: 'questionShare',
    from: 0.3,
    statement: (value) => `asks in ${percent(value)} of messages`,
  },
  {
    aspect: 'tone',
    measure: 'exclamationShare',
    from: 0.12,
    statement: (value) => `exclaims in ${percent(value)} of messages`,
  },
  {
    aspect: 'tone',
    measure: 'laughterShare',
    from: 0.05,
    statement: (value) => `laughs in ${percent(value)} of messages`,
  },
  {
    aspect: 'tone',
    measure: 'emoticonShare',
    from: 0.05,
    statement: (value) => `uses emoticons in ${percent(value)} of messages`,
  },
  {
    aspect: 'tone',
    measure: 'emojiShare',
    from: 0.05,
    statement: (value) => `uses emoji in ${percent(value)} of messages`,
  },
  {
    aspect: 'tone',
    measure: 'thanksShare',
    from: 0.05,
    statement: (value) => `courteous: thanks or excuses in ${percent(value)} of messages`,
  },
  {
    aspect: 'tone',
    measure: 'greetingShare',
    from: 0.03,
    statement: (value) => `greets in ${percent(value)} of messages`,
  },
  {
    aspect: 'writing',
    measure: 'lowerCaseStartShare',
    from: 0.7,
    statement: (value) => `starts ${percent(value)} of messages in lower case`,
  },
  {
    aspect: 'writing',
    measure: 'endStopShare',
    from: 0.5,
    statement: (value) => `ends ${percent(value)} of messages with a stop`,
  },
  {
    aspect: 'writing',
    measure: 'ellipsisShare',
    from: 0.08,
    statement: (value) => `trails off in ${percent(value)} of messages`,
  },
  {
    aspect: 'writing',
    measure: 'shoutedShare',
    from: 0.02,
    statement: (value) => `shouts in ${percent(value)} of messages`,
  },
  {
    aspect: 'writing',
    measure: 'linkShare',
    from: 0.06,
    statement: (value) => `gives links in ${percent(value)} of messages`,
  },
  {
    aspect: 'company',
    measure: 'addressedShare',
    from: 0.5,
    statement: (value) => `addresses people by name in ${percent(value)} of messages`,
  },
  {
    aspect: 'company',
    measure: 'actionShare',
    from: 0.02,
    statement: (value) => `acts things out in ${percent(value)} of messages`,
  },
  { aspect: 'language', measure: 'englishShare', from: 0.9, statement: () => 'writes English' },
  { aspect: 'language', measure: 'spanishShare', from: 0.9, statement: () => 'writes Spanish' },
  {
    aspect: 'language',
    measure: 'spanishShare',
    from: 0.1,
    below: 0.9,
    statement: (value) => `mixes languages: Spanish in ${percent(value)} of messages`,
  },
];

/** Says in words what the measures show, each statement with the evidence of its measure. */
export function traitsOf(measures: Measures, hours: readonly number[], anyEvidence: readonly string[]): Trait[] {
  const traits = RULES.flatMap(({ aspect, measure, from, below, statement }): Trait[] => {
    const { value, evidence } = measures[measure];
    if (value < (from ?? 0) || value >= (below ?? Number.POSITIVE_INFINITY)) return [];
    return [{ aspect, statement: statement(value), evidence: [...evidence] }];
  });
  return [...traits, { aspect: 'hours', statement: busiest(hours), evidence: [...anyEvidence] }];
}

/** The three hours in a row with most messages, around the clock; the earliest of equals. */
export function peakHour(hours: readonly number[]): number {
  const window = (start: number) => [0, 1, 2].reduce((sum, step) => sum + (hours[(start + step) % 24] ?? 0), 0);
  let best = 0;
  for (let start = 1; start < 24; start += 1) if (window(start) > window(best)) best = start;
  return best;
}

function busiest(hours: readonly number[]): string {
  const start = peakHour(hours);
  const clock = (hour: number) => `${String(hour % 24).padStart(2, '0')}:00`;
  return `busiest from ${clock(start)} to ${clock(start + 3)} UTC`;
}
