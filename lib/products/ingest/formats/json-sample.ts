import { createJsonValues } from '../json-values.ts';
import type { JsonItem, LogSample } from './format.ts';

/** The values at some paths in the start of a document. */
export function sampleItems({ lines }: LogSample, paths: readonly string[]): readonly JsonItem[] {
  if (!/^\s*[[{]/.test(lines.find((line) => line.trim() !== '') ?? '')) return [];
  const found = createJsonValues(paths).write(Buffer.from(lines.join('\n')));
  return found.flatMap((item) => (item.kind === 'value' ? [{ path: item.path, value: item.value }] : []));
}
