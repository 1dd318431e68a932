import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SKILLS, skillOf, skillsIn } from '../../../lib/products/lexicon/match.ts';
import { TOPICS } from '../../../lib/products/lexicon/topics.ts';
import { isQuestion } from '../../../lib/products/text/question.ts';
import { wordsOf } from '../../../lib/products/text/tokens.ts';
import { mtld, yulesK } from '../../../lib/products/text/vocabulary.ts';

const names = (text: string) => skillsIn(text).map((number) => skillOf(number).skill);

describe('words', () => {
  it('end where letters end, in any script', () => {
    expect(wordsOf('Así, el año; ¿qué?')).toEqual(['así', 'el', 'año', 'qué']);
    expect(wordsOf("don't use C++, C# or node.js")).toEqual(["don't", 'use', 'c++', 'c#', 'or', 'node', 'js']);
    expect(wordsOf('привет мир 日本語')).toEqual(['привет', 'мир', '日本語']);
  });

  it('are the same whether accents are composed or not', () => {
    expect(wordsOf('así'.normalize('NFD'))).toEqual(wordsOf('así'.normalize('NFC')));
  });
});

describe('the lexicon', () => {
  it('finds no term inside a word', () => {
    expect(names('javascript')).not.toContain('java');
    expect(names('java')).toContain('java');
    expect(names('a scripty kernelish gamer with kdebug')).toEqual([]);
    fc.assert(
      fc.property(fc.constantFrom(...SKILLS.flatMap(({ en }) => en)), (term) => {
        expect(names(`x${term.replaceAll(/[^a-z]/g, '')}x`)).toEqual([]);
      }),
    );
  });

  it('finds every term by itself, in any case, and knows its topic', () => {
    for (const [number, { en, es, topic }] of SKILLS.entries()) {
      expect(TOPICS).toContain(topic);
      for (const term of [...en, ...es]) expect(skillsIn(`(${term.toUpperCase()})!`), term).toContain(number);
    }
  });

  it('has skills for every topic, in English and Spanish words', () => {
    for (const topic of TOPICS)
      expect(
        SKILLS.some((entry) => entry.topic === topic),
        topic,
      ).toBe(true);
    expect(names('mi tarjeta gráfica no funciona')).toContain('graphics-drivers');
    expect(names('¿cómo hago una copia de seguridad?')).toContain('backups');
  });

  it('takes no evidence from addresses of pages', () => {
    expect(names('see http://www.java.com/python/nvidia')).toEqual([]);
  });
});

describe('questions', () => {
  it.each([
    'how do I do this',
    'does anyone know grub',
    'it broke, why?',
    'alguien sabe de redes',
    '¿y ahora',
    'hi, can someone help',
  ])('are known by their mark or their opening: %s', (text) => expect(isQuestion(text)).toBe(true));
  it.each(['how nice', 'see http://x.org/?a=b', 'it works now.', 'así es'])('are not: %s', (text) =>
    expect(isQuestion(text)).toBe(false),
  );
});

describe('measures of vocabulary', () => {
  it('grow with variety and hardly with length', () => {
    const poor = Array.from({ length: 600 }, (_, at) => `w${at % 5}`);
    const rich = Array.from({ length: 600 }, (_, at) => `w${(at * 7) % 211}`);
    expect(mtld(rich)).toBeGreaterThan(4 * mtld(poor));
    expect(yulesK(poor)).toBeGreaterThan(yulesK(rich));
    expect(mtld([...poor, ...poor]) / mtld(poor)).toBeCloseTo(1, 1);
  });

  it('agree with a calculation by hand', () => {
    // Yule 1944: N = 4, two words once, one twice: 10,000 · (1·2 + 4·1 − 4) / 16.
    expect(yulesK(['a', 'b', 'c', 'c'])).toBe(1250);
    expect(mtld([])).toBe(0);
  });
});
