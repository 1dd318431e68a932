/** The output of `git status --porcelain=v2 --branch -z`: the commit checked out and the paths that changed or are new. */
export interface WorkTreeStatus {
  readonly head: string;
  readonly paths: readonly string[];
}

/** Parses the output of git status (without renames). */
export function parseStatus(output: string): WorkTreeStatus {
  let head = '';
  const paths: string[] = [];
  for (const record of output.split('\0')) {
    if (record.startsWith('# branch.oid ')) head = record.slice(13);
    else if (record.startsWith('? ')) paths.push(record.slice(2));
    else if (record.startsWith('1 ')) paths.push(afterFields(record, 8));
    else if (record.startsWith('u ')) paths.push(afterFields(record, 10));
  }
  return { head, paths };
}

/** The rest of a record after a number of fields; a path may contain spaces. */
function afterFields(record: string, fields: number): string {
  let at = 0;
  for (let field = 0; field < fields; field++) at = record.indexOf(' ', at) + 1;
  return record.slice(at);
}
