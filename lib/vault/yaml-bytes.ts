import { isPlainFrontMatter } from './front-matter.ts';

/** How many bytes of a page have to be read as free-form YAML: its front matter, unless it is in the form that programs write. */
export function yamlBytesOf(page: string): number {
  const unix = page.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  if (!unix.startsWith('---\n')) return 0;
  const end = unix.indexOf('\n---', 3);
  // Without an end there is none, which is found without reading it as YAML.
  if (end === -1) return 0;
  const front = unix.slice(4, end + 1);
  return isPlainFrontMatter(front) ? 0 : Buffer.byteLength(front);
}
