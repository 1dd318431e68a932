import { MAX_NAME_BYTES, MAX_PATH_BYTES } from './format.ts';

/**
 * Why a path of an archive is refused; undefined for a relative path whose every part names one file in a folder, also on
 * other systems. Pure.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `it has more than ${MAX_PATH_BYTES} bytes`;
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'it has a control character or a backslash';
  if (path.includes('\ufffd')) return 'it is not UTF-8';
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..') return 'it leaves its folder';
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `a name in it has more than ${MAX_NAME_BYTES} bytes`;
  }
  return undefined;
}
