/** A comparison of a field with a text, as in `state == "settled"`. */
export interface Comparison {
  readonly field: string;
  readonly text: string;
}

const NOT_FIELDS = new Set([
  // Bases
  'true',
  'false',
  'null',
  'values',
  'value',
  'acc',
  // Dataview
  'TABLE',
  'WITHOUT',
  'ID',
  'AS',
  'FROM',
  'WHERE',
  'AND',
  'OR',
  'SORT',
  'ASC',
  'DESC',
  'LIMIT',
  'GROUP',
  'BY',
  'key',
  'now',
  'rows',
  'r',
]);

/** The note fields that an expression of Bases or Dataview reads: neither functions, keywords nor `file.…`. */
export function fieldsRead(expression: string): readonly string[] {
  const bare = expression.replace(/"[^"]*"/g, '""');
  const found = new Set<string>();
  for (const match of bare.matchAll(/(?<![\w.)\]])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/g)) {
    const isCall = bare[match.index + match[0].length] === '(';
    const names = match[0].split('.');
    // What is called is a method of the value before it, or a function.
    const parts = isCall ? names.slice(0, -1) : names;
    const path = parts[0] === 'note' || parts[0] === 'rows' || parts[0] === 'r' ? parts.slice(1) : parts;
    const [first] = path;
    if (first === undefined || first === 'file' || first === 'formula' || NOT_FIELDS.has(first)) continue;
    found.add(path.filter((part) => part !== 'length').join('.'));
  }
  return [...found];
}

/** The formulas that an expression of Bases reads. */
export function formulasRead(expression: string): readonly string[] {
  return [...expression.matchAll(/\bformula\.(\w+)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** The comparisons with texts in an expression of Bases or Dataview. */
export function comparisons(expression: string): readonly Comparison[] {
  return [...expression.matchAll(/([A-Za-z_][\w.]*) (?:==?|!=) "([^"]*)"/g)].flatMap(([, field, text]) =>
    field === undefined || text === undefined ? [] : [{ field, text }],
  );
}

/** The kinds of notes that an expression asks for. */
export function kindsAsked(expression: string): readonly string[] {
  return comparisons(expression).flatMap(({ field, text }) => (field === 'kind' ? [text] : []));
}
