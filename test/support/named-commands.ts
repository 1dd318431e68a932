import type { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';

/** What there is to be called. */
export interface Project {
  readonly program: Command;
  /** The scripts of package.json, and those of infra/package.json. */
  readonly scripts: ReadonlySet<string>;
  readonly infraScripts: ReadonlySet<string>;
  /** What kk-units takes, as in `do restart`. */
  readonly unitVerbs: ReadonlySet<string>;
  /** The source of a file of the project, undefined where there is none. */
  readonly read: (path: string) => string | undefined;
}

const CDKTF_VERBS = ['deploy', 'destroy', 'diff', 'synth'];
/** Paths of the image, and of what people make themselves. */
const NOT_HERE = [/^infra\/fleet\.yaml$/, /^infra\/deployments\//];

/** Every call in a file of something that the project doesn't have; none where all is well. */
export function wrongCalls(file: string, text: string, project: Project): readonly string[] {
  return linesOf(file, text).flatMap((line) => callsIn(line).flatMap((call) => assess(call, project) ?? []));
}

/** How many calls a file names, so that a test can tell an empty answer from a blind eye. */
export function countCalls(file: string, text: string): number {
  return linesOf(file, text).flatMap(callsIn).length;
}

interface Call {
  readonly what: 'swarm-ops' | 'npm run' | 'infra npm run' | 'cdktf' | 'kk-units' | 'host file' | 'path';
  readonly words: readonly string[];
}

/** The lines of a file that may hold calls; those that aren't written as command lines become such. */
function linesOf(file: string, text: string): readonly string[] {
  if (file.endsWith('.md')) return [...fenced(text), ...spans(text)];
  const lines = text.split('\n');
  if (file.endsWith('Dockerfile')) return [...lines, ...execForms(text)];
  if (file.endsWith('compose.yaml')) return [...lines, ...composeForms(text)];
  if (file.endsWith('.js')) {
    const asked = [...text.matchAll(/argv\[2\] === '([\w-]+)'/g)].map(([, word]) => `swarm-ops ${word}`);
    return [...lines, ...asked];
  }
  return lines;
}

function fenced(text: string): readonly string[] {
  return [...text.matchAll(/^ *```.*\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) => block.split('\n'));
}

/** Code within prose. What is listed after a call is called in the same way: "`npm run a`, `b` and `c`". */
function spans(text: string): readonly string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].flatMap((found) => {
    const [whole, code = ''] = found;
    const head = /\b(swarm-ops|npm run)\b/.exec(code)?.[1];
    const lines = [code];
    let rest = prose.slice(found.index + whole.length);
    for (;;) {
      const next = /^\*{0,2}(?: \([^()]*\))?(?:, and|[,:]| and)\s+`([a-z][^`\n]*)`/.exec(rest);
      if (head === undefined || next === null || /\b(?:swarm-ops|npx|npm)\b/.test(next[1] ?? '')) return lines;
      lines.push(`${head} ${next[1]}`);
      rest = rest.slice(next[0].length);
    }
  });
}

const words = z.array(z.string());

/** CMD and ENTRYPOINT: words alone are for the program, which is the entry point. */
function execForms(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:CMD|ENTRYPOINT) (\[.*\])/g)].map(([, json = '']) =>
    asLine(words.parse(JSON.parse(json))),
  );
}

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({ command: words.optional(), healthcheck: z.object({ test: words.optional() }).optional() }),
  ),
});

function composeForms(text: string): readonly string[] {
  return Object.values(compose.parse(parse(text, { merge: true, maxAliasCount: -1 })).services).flatMap(
    ({ command, healthcheck }) =>
      [command, healthcheck?.test].flatMap((form) => (form === undefined ? [] : [asLine(form)])),
  );
}

function asLine(form: readonly string[]): string {
  const program = form.findIndex((word) => word.endsWith('/swarm-ops.js'));
  if (program >= 0) return `swarm-ops ${form.slice(program + 1).join(' ')}`;
  return form.some((word) => word.includes('/')) ? form.join(' ') : `swarm-ops ${form.join(' ')}`;
}

function callsIn(line: string): readonly Call[] {
  const calls: Call[] = [];
  const add = (what: Call['what'], pattern: RegExp): void => {
    for (const [, rest = ''] of line.matchAll(pattern)) calls.push({ what, words: wordsOf(rest) });
  };
  add('swarm-ops', /(?<![\w./-])(?:npx )?swarm-ops(?![\w./-])(.*)/g);
  add('swarm-ops', /\bdocker compose (?:-f \S+ )?run (?:-{1,2}\S+ )*setup (.*)/g);
  add('npm run', /\bnpm run(?: --silent)? (?!--)(.*)/g);
  add('infra npm run', /\bnpm run(?: --silent)? --prefix infra (.*)/g);
  add('cdktf', /\bnpx cdktf(?![\w./-]) (.*)/g);
  add('kk-units', /\bkk-units (.*)/g);
  add('host file', /\/usr\/local\/sbin\/(kk-[\w-]+)/g);
  add('host file', /(?<![\w-])(kk-[a-z-]+(?:@[\w%]*)?\.(?:service|timer|nft|conf))\b/g);
  add(
    'path',
    /(?<![\w./$}-])(?:\/app\/)?((?:scripts|infra|docker|\.github)\/[\w./-]+\.(?:ts|js|sh|ya?ml|json|md)\b.*)/g,
  );
  add('path', /(?<![\w./$}-])(\.ci\/\w+)/g);
  return calls;
}

/** The words of one command, without what a shell or a sentence put around them. */
function wordsOf(rest: string): readonly string[] {
  const [command = ''] = rest.split(/["`;#]|\s(?:&&|\|{1,2})(?:\s|$)/, 1);
  return command
    .split(/\s+/)
    .map((word) => word.replace(/\$.*$/, '').replace(/^['([{]+|['\])}.,:…]+$/g, ''))
    .filter((word) => word !== '');
}

/** Why a call can't work, undefined where it can. */
function assess({ what, words: given }: Call, project: Project): string | undefined {
  const [first = ''] = given;
  const called = `${what} ${given.join(' ')}`;
  const missing = `${called}: there is no ${first}`;
  switch (what) {
    case 'swarm-ops':
      return assessCommand(project.program, given, called);
    case 'npm run':
      return project.scripts.has(first) ? undefined : missing;
    case 'infra npm run':
      return project.infraScripts.has(first) ? undefined : missing;
    case 'cdktf':
      return CDKTF_VERBS.includes(first) ? undefined : missing;
    case 'kk-units':
      return project.unitVerbs.has(first === 'do' ? `do ${given[1]}` : first) ? undefined : missing;
    case 'host file':
      return project.read(`infra/host/${first.replace(/@.*(?=\.)/, '@')}`) === undefined ? missing : undefined;
    case 'path':
      return assessPath(given, called, project);
  }
}

/** Follows the words through commands and their own commands; options count for the last of these. */
function assessCommand(program: Command, given: readonly string[], called: string): string | undefined {
  let command = program;
  let rest = given;
  while (command.commands.length > 0 && /^[a-z]/.test(rest[0] ?? '')) {
    const found = command.commands.find((candidate) => candidate.name() === rest[0]);
    if (found === undefined) return `${called}: ${command.name()} has no command ${rest[0]}`;
    command = found;
    rest = rest.slice(1);
  }
  const has = (flag: string): boolean => flag === '--help' || command.options.some(({ long }) => long === flag);
  const unknown = rest.map((word) => word.split('=', 1)[0] ?? '').find((word) => /^--\w/.test(word) && !has(word));
  return unknown === undefined ? undefined : `${called}: ${command.name()} has no option ${unknown}`;
}

function assessPath([path = '', ...rest]: readonly string[], called: string, { read }: Project): string | undefined {
  if (NOT_HERE.some((pattern) => pattern.test(path))) return undefined;
  // What starts the bundled program lies elsewhere in the source.
  const source = read(path) ?? read(path.replace(/^scripts\/(\w[\w-]*\.js)$/, 'docker/$1'));
  if (source === undefined) return `${called}: there is no ${path}`;
  if (!/^scripts\/.*\.ts$/.test(path)) return undefined;
  const unknown = rest.find((word) => /^--\w/.test(word) && !source.includes(word));
  return unknown === undefined ? undefined : `${called}: ${path} has no option ${unknown}`;
}
