/** A path that git status names. */
export interface ChangedPath {
  readonly path: string;
  /** Whether the commit that is checked out holds the path. */
  readonly isInHead: boolean;
}

/** The output of `git status --porcelain=v2 --branch -z`: the commit checked out and the paths that changed or are new. */
export interface WorkTreeStatus {
  readonly head: string;
  readonly changes: readonly ChangedPath[];
}

/** Parses the output of git status (without renames). */
export function parseStatus(output: string): WorkTreeStatus {
  let head = '';
  const changes: ChangedPath[] = [];
  for (const record of output.split('\0')) {
    if (record.startsWith('# branch.oid ')) head = record.slice(13);
    else if (record.startsWith('? ')) changes.push({ path: record.slice(2), isInHead: false });
    else if (record.startsWith('1 ')) changes.push({ path: afterFields(record, 8), isInHead: hasId(record, 6) });
    else if (record.startsWith('u ')) changes.push({ path: afterFields(record, 10), isInHead: hasId(record, 8) });
  }
  return { head, changes };
}

/** Whether a field of a record is the id of an object; it is zeros where there is none. */
function hasId(record: string, field: number): boolean {
  return !/^0+$/.test(record.split(' ', field + 1)[field] ?? '0');
}

/** The rest of a record after a number of fields; a path may contain spaces. */
function afterFields(record: string, fields: number): string {
  let at = 0;
  for (let field = 0; field < fields; field++) at = record.indexOf(' ', at) + 1;
  return record.slice(at);
}
