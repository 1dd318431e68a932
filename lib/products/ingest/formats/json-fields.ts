/** A JSON object, whatever is in it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Fields that name somebody, by their bare form (lower case, letters only), the best first. */
const LOGINS = [
  'nick',
  'nickname',
  'user',
  'username',
  'login',
  'userlogin',
  'screenname',
  'handle',
  'from',
  'sender',
  'author',
  'name',
];
const DISPLAYS = [
  'displayname',
  'globalname',
  'realname',
  'fullname',
  'usernick',
  'chatname',
  'servernick',
  'account',
  'accountname',
];
/** Objects that tell of the speaker. */
const ABOUT = [
  'tags',
  'userstate',
  'author',
  'context',
  'user',
  'sender',
  'from',
  'member',
  'profile',
  'userprofile',
  'account',
  'commenter',
];
const IDS = ['userid', 'authorid', 'senderid', 'accountid', 'fromid'];
/** How deep names are looked for. */
const MAX_DEPTH = 4;
const MAX_NAME = 64;

/** Whether a value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field's name without case and signs: `display-name`, `display_name` and `displayName` are one. */
export function bareField(field: string): string {
  return field.toLowerCase().replace(/[^a-z]/g, '');
}

/** The names of the speaker of a JSON message, and the identifier where it has one. */
export interface JsonNames {
  readonly logins: readonly string[];
  readonly displays: readonly string[];
  readonly id?: string;
}

/** Gathers every name and identifier that an object tells of its speaker, also in objects inside. */
export function namesIn(object: JsonObject): JsonNames {
  const logins: { readonly rank: number; readonly name: string }[] = [];
  const displays: string[] = [];
  let id: string | undefined;
  const gather = (value: JsonObject, depth: number): void => {
    for (const [field, content] of Object.entries(value)) {
      const bare = bareField(field);
      const name = textOf(content);
      if (name !== undefined) {
        const rank = LOGINS.indexOf(bare);
        if (rank >= 0) logins.push({ rank: rank + depth * LOGINS.length, name });
        else if (DISPLAYS.includes(bare)) displays.push(name);
        else if (IDS.includes(bare) || (bare === 'id' && depth > 0)) id ??= name;
      } else if (isObject(content) && depth < MAX_DEPTH && ABOUT.includes(bare)) {
        gather(content, depth + 1);
      }
    }
  };
  gather(object, 0);
  const sorted = logins.sort((a, b) => a.rank - b.rank).map(({ name }) => name);
  return { logins: [...new Set(sorted)], displays: [...new Set(displays)], ...(id === undefined ? {} : { id }) };
}

/** The first of some fields that has a text or number, in the object or in those about its speaker. */
export function firstField(
  object: JsonObject,
  fields: readonly string[],
  accept: (value: unknown) => boolean,
): unknown {
  for (const where of [
    object,
    ...Object.entries(object)
      .filter(([field]) => ABOUT.includes(bareField(field)))
      .map(([, value]) => value),
  ]) {
    if (!isObject(where)) continue;
    for (const field of fields) {
      const found = Object.entries(where).find(([name, value]) => bareField(name) === field && accept(value));
      if (found !== undefined) return found[1];
    }
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_NAME ? value : undefined;
}
