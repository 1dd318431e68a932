import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../lib/products/ingest/counts.ts';
import { redact } from '../../../lib/products/ingest/redact.ts';
import { CONTACTS } from '../../support/redaction/contacts.ts';
import { type Form, isLeft, unmarked } from '../../support/redaction/form.ts';
import { HELD_OUT } from '../../support/redaction/held-out.ts';
import { INNOCENT_OUTPUT } from '../../support/redaction/innocent-output.ts';
import { INNOCENT_TALK } from '../../support/redaction/innocent-talk.ts';
import { PEOPLE } from '../../support/redaction/people.ts';
import { SECRETS } from '../../support/redaction/secrets.ts';

const FORMS = [...CONTACTS, ...SECRETS, ...PEOPLE];
const INNOCENT = [...INNOCENT_TALK, ...INNOCENT_OUTPUT];

/** The forms of which something is left, as their texts. */
function leaks(forms: readonly Form[]): readonly string[] {
  return forms
    .map(([, marked]) => unmarked(marked))
    .filter(({ text, secrets }) => {
      const became = redact(text, noCounts());
      return secrets.some((secret) => isLeft(secret, text, became));
    })
    .map(({ text }) => text);
}

const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

describe('the forms that secrets have', () => {
  it('leak only where it is known', () => {
    const missed = FORMS.filter(([, , mark]) => mark === 'missed').map(([, marked]) => unmarked(marked).text);
    expect(leaks(FORMS)).toEqual(missed);
  });

  it('are redacted for the most part, and little else is', () => {
    const leaked = leaks(FORMS).length;
    const found = FORMS.length - leaked;
    const taken = INNOCENT.filter((text) => redact(text, noCounts()) !== text);
    const unseen = HELD_OUT.length - leaks(HELD_OUT).length;
    console.log(`redacted: ${share(found, FORMS.length)}; of those never tuned to: ${share(unseen, HELD_OUT.length)}`);
    console.log(`kept: ${share(INNOCENT.length - taken.length, INNOCENT.length)}`);
    expect(FORMS.length).toBeGreaterThanOrEqual(200);
    expect(INNOCENT.length).toBeGreaterThanOrEqual(200);
    expect(found / FORMS.length).toBeGreaterThanOrEqual(0.95);
    expect(found / (found + taken.length)).toBeGreaterThanOrEqual(0.95);
    expect(unseen / HELD_OUT.length).toBeGreaterThanOrEqual(0.9);
    expect(taken).toEqual([]);
  });

  it('are counted under the kind that their placeholder names', () => {
    const counts = noCounts();
    const text = redact('I am at 40.416775, -3.703790, password: hunter2, visa 4111 1111 1111 1111', counts);
    expect(text).toBe('I am at [place], password: [password], visa [card]');
    expect(counts).toEqual({ ...noCounts(), place: 1, password: 1, card: 1 });
  });

  it('take time linear in the length of hostile text', () => {
    const pieces = [
      [
        'a at ',
        'dot ',
        '(at)',
        'a.',
        'x=',
        'password ',
        'password: ',
        'is ',
        'key ',
        '://a:',
        '~a/',
        '/home/',
        '0 1',
        '12 ',
      ],
      [
        '1-',
        '(1',
        '+1 ',
        '07',
        '4111 ',
        'calle ',
        'Aa ',
        '1 Aa ',
        '1.1234,',
        'born ',
        'my name is ',
        '@a@',
        'skype ',
        'a_',
      ],
      [
        'abandon ',
        'GB82 ',
        'dni ',
        'mysql ',
        'curl ',
        '/msg ns id ',
        'a.b/',
        '-rw-',
        '°1',
        'token ',
        '.com/@',
        'lat ',
        'A1b2',
      ],
    ].flat();
    for (const piece of pieces) {
      const time = (length: number) => {
        const text = piece.repeat(length / piece.length);
        const started = performance.now();
        redact(text, noCounts());
        return performance.now() - started;
      };
      time(4000);
      // Ten times what the slowest takes on an idle machine; what grows faster than the text takes minutes.
      expect(Math.min(time(4000), time(4000)), piece).toBeLessThan(2000);
    }
  });
});
