/** Parses JSON of strangers: undefined for what is none. What comes back is for a schema to judge. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
