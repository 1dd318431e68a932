import { describe, expect, it } from 'vitest';
import { noteKinds } from '../../../lib/host/note-kinds.ts';
import { comparisons, fieldsRead, kindsAsked } from '../../support/dashboard-expressions.ts';
import { choicesOf, fieldOf, seedFilesEnding } from '../../support/vault-seed.ts';

/** The Dataview queries of a note, also those inside a callout. */
function queries(text: string): readonly string[] {
  const plain = text.replace(/^> ?/gm, '');
  return [...plain.matchAll(/^```dataview\n([\s\S]*?)^```$/gm)].flatMap(([, query]) => query ?? []);
}

const dashboards = seedFilesEnding('.md').filter(([path]) => path.startsWith('dashboards/'));
const all = dashboards.flatMap(([path, text]) =>
  queries(text).map((query, index) => [`${path} (${index + 1})`, query] as const),
);

describe('Dataview queries', () => {
  it.each(all)('of %s ask one kind of note for fields that it has', (_, query) => {
    const kinds = kindsAsked(query);
    expect(kinds).toHaveLength(1);
    expect(noteKinds.map(({ kind }) => kind)).toContain(kinds[0]);
    for (const field of fieldsRead(query)) expect(fieldOf(kinds[0] ?? '', field), field).toBeDefined();
    for (const { field, text } of comparisons(query)) {
      const choices = choicesOf(fieldOf(kinds[0] ?? '', field));
      if (choices !== undefined) expect(choices, `${field} = "${text}"`).toContain(text);
    }
  });

  it.each(all)('of %s look where the notes are', (_, query) => {
    const folder = /^FROM "([^"]+)"$/m.exec(query)?.[1] ?? '';
    const kind = noteKinds.find((candidate) => candidate.kind === kindsAsked(query)[0]);
    const path = kind?.path.source.replaceAll('\\/', '/').replaceAll(/[()]/g, '');
    expect(path?.startsWith(`^${folder}/`), `${kind?.kind} in ${folder}`).toBe(true);
  });
});
