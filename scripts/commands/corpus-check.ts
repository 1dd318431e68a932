import { checkCorpus } from '../../lib/products/check-corpus.ts';
import type { CorpusScan, ScannedFile } from '../../lib/products/corpus.ts';
import { CHAT_FORMATS } from '../../lib/products/ingest/formats/formats.ts';
import { REDACTED } from '../../lib/products/ingest/redact/rule.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';
import { createStepLine } from '../terminal/step-line.ts';

/** How many messages are shown. */
const SAMPLE_SIZE = 5;

/** Shows what would be sold of a folder of chat logs, without selling or keeping any of it. */
export async function corpusCheck(
  dir: string,
  options: { readonly corpus?: string; readonly json?: boolean },
): Promise<number> {
  const { signal, dispose } = abortAtStop();
  const steps = createStepLine(process.stderr, process.stderr.isTTY === true, () => performance.now());
  try {
    const { scan, optOuts, timeZone, sample, remarks } = await checkCorpus({
      dir,
      settingsFile: options.corpus,
      sampleSize: SAMPLE_SIZE,
      onLog: (done, of, step) => steps.show(`${step} logs`, done, of),
      signal,
    });
    steps.clear();
    if (options.json) {
      const { counts, problems, files } = scan;
      const days = scan.days.map(({ label }) => label);
      printJson('CorpusCheck', [
        {
          counts,
          optOuts,
          timeZone,
          days,
          formats: formatsIn(files),
          notUnderstood: notUnderstood(files),
          problems,
          sample,
          remarks,
        },
      ]);
      return 0;
    }
    show(scan, optOuts, timeZone);
    for (const { day, time, who, text } of sample) printLine(`  ${day} ${time} ${who}: ${text}`);
    return 0;
  } finally {
    steps.clear();
    dispose();
  }
}

function show(scan: CorpusScan, optOuts: number, timeZone: string): void {
  const { counts, days, files, problems } = scan;
  printTable(
    ['form', 'files', 'from', 'to', 'messages'],
    formatsIn(files).map(({ form, files: count, from, to, messages }) => [
      form,
      String(count),
      from,
      to,
      String(messages),
    ]),
  );
  printLine(`To be sold: ${counts.messages} messages of ${days.length} days.`);
  printLine(`Times without a zone are read as those of ${timeZone}: timeZone in corpus.yaml says which it is.`);
  printLine(`Opted out: ${optOuts} names on the list; ${counts.optedOut} messages of theirs are left out.`);
  const redacted = REDACTED.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  if (redacted.length > 0) printLine(`Redacted: ${redacted.join(', ')}.`);
  const left = LEFT_OUT.filter(([key]) => counts[key] > 0).map(([key, words]) => `${counts[key]} ${words}`);
  if (left.length > 0) printLine(`Other lines that are left out: ${left.join(', ')}.`);
  const unclear = notUnderstood(files);
  if (unclear !== undefined) printLine(unclear);
  for (const { file, detail } of problems) printLine(`${file}: ${detail}`);
  printLine('Some of it as it would be sold:');
}

const LEFT_OUT = [
  ['serverLines', 'by the server'],
  ['private', 'private'],
  ['unparsed', 'not understood'],
  ['tooLong', 'too long'],
  ['empty', 'with no text'],
] as const;

interface FormatRow {
  readonly form: string;
  readonly files: number;
  readonly from: string;
  readonly to: string;
  readonly messages: number;
}

/** What each format's files hold together, by the format's name. */
function formatsIn(files: readonly ScannedFile[]): FormatRow[] {
  const names = [...new Set(files.flatMap(({ format }) => format ?? []))].sort();
  return names.map((form) => {
    const taken = files.filter(({ format }) => format === form);
    const days = taken.flatMap((file) => file.days).sort();
    const messages = taken.reduce((sum, { counts }) => sum + counts.messages, 0);
    return { form, files: taken.length, from: days[0] ?? '', to: days.at(-1) ?? '', messages };
  });
}

/** Where the first line stands that wasn't understood, and the form of its file. */
function notUnderstood(files: readonly ScannedFile[]): string | undefined {
  const unclear = files.filter(({ firstUnparsed }) => firstUnparsed !== undefined);
  const [first] = unclear;
  if (first?.firstUnparsed === undefined) return undefined;
  const { file, format, firstUnparsed } = first;
  const form = CHAT_FORMATS.find(({ name }) => name === format);
  const place = `${form?.unit === 'json' ? 'value' : 'line'} ${firstUnparsed + 1} of ${file}`;
  const more = unclear.length === 1 ? '' : ` (and lines of ${unclear.length - 1} more files)`;
  return `Not understood is, for one, ${place}${more}; that file is read as ${format}: ${form?.form}.`;
}
