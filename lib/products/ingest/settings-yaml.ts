import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, Scalar } from 'yaml';
import { namesInEntry } from './listed-names.ts';

/** Settings that can't be understood: where and why, and nothing of what is written there. */
export class UnclearSettings extends Error {}

const NOT_YAML: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a field stands there a second time',
  TAB_AS_INDENT: 'a tab stands there: use spaces',
  BAD_SCALAR_START: 'a text that starts with @ or ` needs quotes',
  BAD_INDENT: 'something before is not closed, or the indentation is wrong (what starts with # needs quotes)',
  MULTIPLE_DOCS: 'a second document starts there',
};

/**
 * Reads settings in YAML. The entries of the `lists` are taken as they are written: `0xcafe`, `007`, `1e10`, `~` and `no` are names.
 * @throws UnclearSettings for what isn't YAML, a field twice or unknown, and an entry that isn't one name.
 */
export function readSettingsYaml(
  text: string,
  fields: readonly string[],
  lists: readonly string[],
): Readonly<Record<string, unknown>> {
  const counter = new LineCounter();
  const document = parseDocument(text, { keepSourceTokens: true, lineCounter: counter });
  const lineAt = (node: Node | null | undefined): number =>
    node?.range === undefined || node.range === null ? 1 : counter.linePos(node.range[0]).line;
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    throw new UnclearSettings(`line ${line}: ${NOT_YAML[error.code] ?? 'it is not YAML'}`);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return {};
  if (!isMap(contents)) throw new UnclearSettings('it is no list of fields, as in title: My logs');
  const value: Record<string, unknown> = {};
  for (const { key, value: node } of contents.items) {
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : '';
    const line = lineAt(key);
    if (!fields.includes(name)) throw new UnclearSettings(unknownField(line, name, fields));
    value[name] = lists.includes(name) ? entriesOf(name, node, lineAt) : node?.toJS(document);
  }
  return value;
}

function unknownField(line: number, name: string, fields: readonly string[]): string {
  const bare = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .replace(/s$/, '');
  const meant = fields.find((field) => bare(field) === bare(name));
  return `line ${line}: there is no such field${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function entriesOf(field: string, list: ParsedNode | null, lineAt: (node: Node) => number): readonly string[] {
  if (!isSeq(list) || list.anchor !== undefined) {
    throw new UnclearSettings(`${field}: it is not a list, as in [ann, bob]; write [] for nobody`);
  }
  if (list.srcToken?.type === 'flow-collection') {
    const comments = list.srcToken.items.flatMap(({ start }) => start).filter(({ type }) => type === 'comment');
    // `[ann, #bob` leaves bob out: it is a comment to YAML.
    if (comments.some(({ source }) => /^#\S/.test(source))) {
      throw new UnclearSettings(
        `${field}: a comment stands in the list (line ${lineAt(list)}); put what starts with # in quotes`,
      );
    }
  }
  return list.items.map((item, at) => {
    const where = `${field}: entry ${at + 1} (line ${lineAt(item)})`;
    const text = writtenName(item);
    if (text === undefined) throw new UnclearSettings(`${where} is not one name; put it in quotes, one name an entry`);
    if ([...text].length > MAX_NAME) throw new UnclearSettings(`${where} has more than ${MAX_NAME} characters`);
    if (namesInEntry(text) === undefined)
      throw new UnclearSettings(`${where} can't be understood; write the name as it stands in the logs`);
    return text;
  });
}

/** The longest name, in characters. */
const MAX_NAME = 64;

/** An entry as it is written: a text in one line, without tags, anchors and aliases. */
function writtenName(item: unknown): string | undefined {
  if (!isScalar(item) || item.anchor !== undefined || item.tag !== undefined) return undefined;
  const { source, type, srcToken } = item;
  if (source === undefined || source.trim() === '') return undefined;
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED;
  const written = srcToken !== undefined && 'source' in srcToken ? srcToken.source.trim() : source;
  return written.includes('\n') || (isBlock && source.trim().includes('\n')) ? undefined : source.trim();
}
