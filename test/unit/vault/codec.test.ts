import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activeInFields, inertValue } from '../../../lib/core/active-content.ts';
import { type NoteKind, noteEnvelope } from '../../../lib/core/note.ts';
import { isoTime } from '../../../lib/core/time.ts';
import { decodeNote, encodeNote, NOTE_LIMITS } from '../../../lib/vault/codec.ts';
import { ACTIVE_VECTORS } from '../../support/note-texts.ts';

const schema = z.strictObject({
  ...noteEnvelope.shape,
  title: z.string(),
  at: isoTime,
  count: z.number().int(),
  amount: z.string().transform(BigInt),
  tags: z.array(z.string()),
  nested: z.record(z.string(), z.string()),
  note: z.string().optional(),
});
type Sample = z.infer<typeof schema>;

const kind: NoteKind<Sample> = {
  kind: 'sample',
  version: 1,
  path: /^agents\/([^/]+)\/samples\/[^/]+\.md$/,
  schema,
  front: (data) => ({ ...data, amount: data.amount.toString() }),
  body: (data) => `# ${data.id}`,
};

const PATH = 'agents/kk-a/samples/x.md';
const sample: Sample = {
  kind: 'sample',
  schema: 1,
  id: 'x',
  owner: 'kk-a',
  title: 'A title',
  at: '2026-11-20T19:13:04Z',
  count: 3,
  amount: 50_000n,
  tags: ['a', 'b'],
  nested: {},
};

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '---',
    '\n---\n',
    'null',
    'true',
    'no',
    '~',
    '0x10',
    '1e3',
    '2026-11-20',
    '2026-11-20T19:13:04Z',
    '<<',
  ),
  fc.constantFrom(
    '*a',
    '&a',
    '!!js/function',
    '{',
    '- x',
    '# c',
    'a: b',
    '\u2028',
    '\u0085',
    '\ufeff',
    '\ud800',
    "'",
    '"',
  ),
);

const record = fc.dictionary(
  nasty.filter((key) => key !== '__proto__' && activeInFields({ [key]: '' }) === undefined),
  nasty,
  { maxKeys: 4 },
);

/** What readers get of a note in which strangers' text would be active: the same with that text inert. */
function inert({ title, tags, nested, ...data }: Sample): Sample {
  const values = Object.entries(nested).map(([key, value]) => [key, inertValue(value)] as const);
  return { ...data, title: inertValue(title), tags: tags.map(inertValue), nested: Object.fromEntries(values) };
}

function problemOf(text: string, path = PATH): string {
  const decoded = decodeNote(kind, path, text);
  return decoded.ok ? 'ok' : decoded.problem.code;
}

function note(front: string): string {
  return `---\n${front}\n---\n\nbody\n`;
}

const fields = (changes: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    kind: 'sample',
    schema: '1',
    id: 'x',
    owner: 'kk-a',
    title: 'A title',
    at: '2026-11-20T19:13:04Z',
    count: '3',
    amount: '"50000"',
    tags: '[a, b]',
    nested: '{}',
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');

describe('a note', () => {
  it('decodes to what was encoded, whatever its strings hold', () => {
    fc.assert(
      fc.property(
        nasty,
        fc.array(nasty, { maxLength: 4 }),
        record,
        fc.bigInt({ min: 0n, max: 10n ** 29n }),
        (title, tags, nested, amount) => {
          const data = { ...sample, title, tags, nested, amount };
          const text = encodeNote(kind, data);
          expect(decodeNote(kind, PATH, text)).toEqual({ ok: true, data: inert(data) });
          expect(text.split('\n')[0]).toBe('---');
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\ufeff]/);
        },
      ),
    );
  });

  it('neither takes nor writes a key that readers would lose without a word', () => {
    const nested = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
    expect(() => encodeNote(kind, { ...sample, nested })).toThrow('__proto__');
    expect(problemOf(note(fields({ nested: '{"__proto__": "x"}' })))).toBe('vault/bad-front-matter');
    expect(problemOf(note(fields({ nested: '{a: 1, __proto__: {kind: sample}}' })))).toBe('vault/bad-front-matter');
    expect(problemOf(encodeNote(kind, { ...sample, title: '"__proto__"', tags: ['__proto__'] }))).toBe('ok');
  });

  it('reads the same through YAML as line by line', () => {
    fc.assert(
      fc.property(nasty, record, (title, nested) => {
        const data = { ...sample, title, nested };
        const text = encodeNote(kind, data).replace('---\n', '---\n# a comment sends this to the YAML parser\n');
        expect(decodeNote(kind, PATH, text)).toEqual({ ok: true, data: inert(data) });
      }),
    );
  });

  it('may be written by hand, with line ends of any system', () => {
    expect(decodeNote(kind, PATH, note(fields()))).toEqual({ ok: true, data: sample });
    expect(decodeNote(kind, PATH, `\ufeff${note(fields()).replaceAll('\n', '\r\n')}`)).toEqual({
      ok: true,
      data: sample,
    });
  });

  it.each([
    [{ cssclasses: '' }],
    [{ aliases: '[]', publish: '' }],
    [{ aliases: '[my name]' }],
    [{ note: '' }],
    [{ amount: '50000' }],
    [{ reviewed: '' }],
  ])('stays readable when a property editor adds or rewrites %o', (changes) => {
    expect(decodeNote(kind, PATH, note(fields(changes)))).toEqual({ ok: true, data: sample });
  });

  it('keeps each digit of an amount or hash that lost its quotes', () => {
    const [amount, hash] = ['12345678901234567890123', `0x${'ab'.repeat(32)}`];
    const decoded = decodeNote(kind, PATH, note(fields({ amount, title: hash })));
    expect(decoded).toEqual({ ok: true, data: { ...sample, amount: BigInt(amount), title: hash } });
  });

  it('is not read with a property of its own that nobody knows', () => {
    expect(problemOf(note(fields({ secret: 'x' })))).toBe('vault/bad-note');
  });

  it('is refused on encoding when its reader would refuse it', () => {
    expect(() => encodeNote(kind, { ...sample, count: Number.NaN })).toThrow(/can't be written/);
    expect(() => encodeNote(kind, { ...sample, title: 'x'.repeat(NOTE_LIMITS.maxBytes) })).toThrow(/over/);
    expect(() => encodeNote({ ...kind, front: () => ({ id: 'x' }) }, sample)).toThrow(/owner/);
  });
});

describe('a hostile note', () => {
  it.each(ACTIVE_VECTORS)('is not read when a property runs, embeds, loads or links: %j', (text) => {
    const front = (changes: Readonly<Record<string, string>>) => problemOf(note(fields(changes)));
    expect(front({ title: JSON.stringify(text) })).toBe('vault/active-content');
    expect(front({ nested: JSON.stringify({ a: text }) })).toBe('vault/active-content');
    expect(front({ tags: JSON.stringify([text]) })).toBe('vault/active-content');
    expect(() => encodeNote({ ...kind, body: () => text }, sample)).toThrow(/can't be written: it contains/);
    expect(() => encodeNote(kind, { ...sample, nested: { [text]: 'a' } })).toThrow(/can't be written: it contains/);
  });

  it('runs no front matter but YAML', () => {
    const flag = 'kkRan';
    for (const language of ['js', 'javascript', ' js', 'coffee', 'json', 'toml', 'yaml']) {
      const text = `---${language}\nglobalThis.${flag} = true; ({kind: 'sample'})\n---\n`;
      expect(problemOf(text)).toBe('vault/no-front-matter');
    }
    expect(flag in globalThis).toBe(false);
  });

  it('can not expand aliases, name types or merge keys', () => {
    const bomb = ['a: &a [x,x]', 'b: &b [*a,*a]', 'c: [*b,*b]'].join('\n');
    expect(problemOf(note(bomb))).toBe('vault/bad-front-matter');
    expect(problemOf(note(fields({ title: '!!js/function "x"' })))).toBe('vault/bad-front-matter');
    expect(problemOf(note(fields({ title: '!!binary aGk=' })))).toBe('vault/bad-front-matter');
    expect(problemOf(note(`${fields()}\ntitle: again`))).toBe('vault/bad-front-matter');
  });

  it('is bounded in size and depth', () => {
    expect(problemOf(note(fields({ title: 'x'.repeat(NOTE_LIMITS.maxBytes) })))).toBe('vault/too-large');
    expect(problemOf(note(fields({ nested: `${'['.repeat(9)}${']'.repeat(9)}` })))).toBe('vault/too-deep');
    expect(problemOf(note(fields({ nested: `${'['.repeat(50_000)}${']'.repeat(50_000)}` })))).toMatch(/^vault\//);
    expect(problemOf(note(`x: ${'['.repeat(8_000)}`))).toMatch(/^vault\//);
    expect(problemOf(note(`${'- '.repeat(8_000)}x`))).toMatch(/^vault\//);
  });

  it('is bounded in its front matter alone where it only grows', () => {
    const log = { ...kind, path: /^agents\/([^/]+)\/log\/.+\.md$/ };
    const path = 'agents/kk-a/log/2026-11/2026-11-20-kk-a.md';
    const codeOf = (text: string) => {
      const decoded = decodeNote(log, path, text);
      return decoded.ok ? 'ok' : decoded.problem.code;
    };
    expect(codeOf(note(fields()) + '- a line\n'.repeat(NOTE_LIMITS.maxBytes))).toBe('ok');
    expect(codeOf(note(fields({ title: 'x'.repeat(NOTE_LIMITS.maxFrontBytes) })))).toBe('vault/bad-front-matter');
    expect(codeOf(note(fields({ owner: 'kk-b' })) + '- a line\n'.repeat(NOTE_LIMITS.maxBytes))).toBe(
      'vault/wrong-owner',
    );
  });

  it('can not speak for another owner, kind or schema, nor from another path', () => {
    expect(problemOf(note(fields({ owner: 'kk-b' })))).toBe('vault/wrong-owner');
    expect(problemOf(note(fields()), 'agents/kk-b/samples/x.md')).toBe('vault/wrong-owner');
    expect(problemOf(note(fields({ kind: 'offer' })))).toBe('vault/wrong-kind');
    expect(problemOf(note(fields({ schema: '2' })))).toBe('vault/wrong-schema');
    expect(problemOf(note(fields()), 'people/x.md')).toBe('vault/wrong-path');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          nasty.map(note),
          nasty.map((text) => note(fields({ title: text }))),
        ),
        (text) => {
          expect(typeof decodeNote(kind, PATH, text).ok).toBe('boolean');
        },
      ),
    );
    expect(problemOf('')).toBe('vault/no-front-matter');
    expect(problemOf('---\n')).toBe('vault/bad-front-matter');
    expect(problemOf('---\n---\n')).toMatch(/^vault\/bad-/);
    expect(problemOf('---\n__proto__: {"kind": "sample"}\n---\n')).toMatch(/^vault\/bad-/);
  });

  it('changes no prototype', () => {
    const decoded = decodeNote(kind, PATH, note(fields({ nested: '{"__proto__": "x"}' })));
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect('x' in {}).toBe(false);
  });
});
