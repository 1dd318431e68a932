/** Files that are text in the vault; others keep their bytes. */
const TEXT = /\.(?:md|base|canvas|json|yaml|yml|txt)$/iu;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whether a file's bytes may be changed by {@link typedBytes}: only then the version before is needed. */
export function hasEditorMarks(path: string, bytes: Buffer): boolean {
  return TEXT.test(path) && !bytes.includes(0) && (bytes.includes('\r\n') || bytes.subarray(0, 3).equals(BOM));
}

/**
 * What was typed: the bytes without what an editor on Windows adds to all of a file, line ends of two characters and a byte order mark,
 * unless the version before has them.
 */
export function typedBytes(bytes: Buffer, before: Buffer | undefined): Buffer {
  let typed = bytes;
  if (typed.subarray(0, 3).equals(BOM) && before?.subarray(0, 3).equals(BOM) !== true) typed = typed.subarray(3);
  if (!typed.includes('\r\n') || before?.includes('\r\n') === true) return typed;
  return Buffer.from(typed.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
