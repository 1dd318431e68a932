/**
 * Sets fields of a page's front matter and leaves everything else as its author wrote it; an undefined value removes a field.
 * Values are written as JSON, which is YAML. Returns undefined for a page without front matter.
 */
export function withFrontFields(text: string, fields: Readonly<Record<string, unknown>>): string | undefined {
  const lines = text.split('\n');
  const end = lines.findIndex((line, at) => at > 0 && /^---\s*$/.test(line));
  if (!/^---\s*$/.test(lines[0] ?? '') || end === -1) return undefined;
  const kept: string[] = [];
  let isDropping = false;
  for (const line of lines.slice(1, end)) {
    const name = /^["']?([A-Za-z_][\w-]*)["']?\s*:/.exec(line)?.[1];
    // A value goes on over lines that are indented, or are items of a list.
    if (name !== undefined) isDropping = Object.hasOwn(fields, name);
    else if (!/^(?:\s|-\s|$)/.test(line)) isDropping = false;
    if (!isDropping) kept.push(line);
  }
  const set = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`],
  );
  return ['---', ...kept, ...set, ...lines.slice(end)].join('\n');
}
