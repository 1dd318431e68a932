/** Folding an upper-case letter can give one that folds on (`ẞ`, `ß`, `SS`); nothing needs more passes than this. */
const MAX_PASSES = 8;

/**
 * The form of a path in which spellings are equal that some file system takes for one file: without case, in one Unicode
 * form, also of compatibility characters (fullwidth letters, ligatures, the Kelvin sign), without characters that show
 * nothing. Coarser than any single file system. For comparing only; it has as many parts as the path.
 */
export function foldPath(path: string): string {
  if (/^[\x20-\x7e]*$/.test(path)) return path.toUpperCase();
  return path.split('/').map(foldName).join('/');
}

function foldName(name: string): string {
  let folded = name;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    // Upper case last: the lower case of a sigma depends on what stands beside it.
    const next = visible(folded).toLowerCase().toUpperCase();
    const again = visible(next);
    if (again === folded) break;
    folded = again;
  }
  return folded;
}

/** Without invisible characters, in Unicode's compatibility form; a fullwidth slash doesn't become one that parts names. */
function visible(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKD')
    .replaceAll('/', '\u2044');
}
