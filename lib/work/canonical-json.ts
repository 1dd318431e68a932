/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of JSON; members that are undefined are left out. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * Formats a value as JSON with the keys of every object sorted by code unit and no white space, so that equal values
 * are equal bytes (the parts of RFC 8785 that matter for strings, booleans and JavaScript's own numbers).
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** The same text in pieces, one for each item of the lists that are members of `value`: for documents that are large. */
export function* canonicalPieces(value: JsonObject): Generator<string, void> {
  let opening = '{';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    yield `${opening}${JSON.stringify(key)}:`;
    opening = ',';
    if (!isList(member)) {
      yield canonicalJson(member);
      continue;
    }
    yield '[';
    for (const [at, item] of member.entries()) yield `${at === 0 ? '' : ','}${canonicalJson(item)}`;
    yield ']';
  }
  yield opening === '{' ? '{}' : '}';
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
