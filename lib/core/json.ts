/** Parses strangers' JSON; undefined if it is invalid. The result must still go through a schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
