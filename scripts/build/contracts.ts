import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'lib/market/contracts');

/** Settings of the compiler; they are part of the artifact. The contracts need Cancun (transient storage), which Base and anvil run. */
const SETTINGS = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 1_000_000 },
  metadata: { bytecodeHash: 'none' },
};

/** The contracts that are deployed, and the files that are generated for each. */
const TARGETS = [
  {
    source: 'Escrow.sol',
    contract: 'Escrow',
    artifact: 'escrow.artifact.json',
    abi: 'escrow-abi.ts',
    name: 'escrowAbi',
  },
  {
    source: 'TestUSDC.sol',
    contract: 'TestUSDC',
    artifact: 'test-usdc.artifact.json',
    abi: 'usdc-abi.ts',
    name: 'usdcAbi',
  },
] as const;

const range = z.object({ start: z.number(), length: z.number() });
const contractOutput = z.object({
  abi: z.array(z.unknown()),
  evm: z.object({
    bytecode: z.object({ object: z.string() }),
    deployedBytecode: z.object({
      object: z.string(),
      immutableReferences: z.record(z.string(), z.array(range)).optional(),
    }),
  }),
});
const solcOutput = z.object({
  errors: z
    .array(
      z.object({
        severity: z.string(),
        formattedMessage: z.string(),
        sourceLocation: z.object({ file: z.string() }).optional(),
      }),
    )
    .optional(),
  contracts: z.record(z.string(), z.record(z.string(), contractOutput)).optional(),
});

interface Solc {
  readonly version: () => string;
  readonly compile: (
    input: string,
    callbacks: { import: (path: string) => { contents: string } | { error: string } },
  ) => string;
}

/** A compiled contract as it is checked in. `immutables` are the byte ranges of the runtime code that deployment fills in. */
export interface Artifact {
  readonly contract: string;
  readonly compiler: string;
  readonly settings: unknown;
  readonly sourceHash: string;
  readonly abi: readonly unknown[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly immutables: readonly z.infer<typeof range>[];
}

/**
 * Compiles Solidity sources by solc-js; imports of packages come from node_modules. Warnings about them are errors.
 * @param sources file names (as imports see them) and texts.
 * @param wanted the file whose contracts are wanted; `*` for all. No code is generated for the others.
 * @returns a function that gives the artifact of a contract.
 */
export async function compileSources(
  sources: Readonly<Record<string, string>>,
  wanted = '*',
): Promise<(source: string, contract: string) => Artifact> {
  const require = createRequire(import.meta.url);
  const solc: Solc = require('solc');
  const packages = await readImports(Object.values(sources), require);
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: {
      ...SETTINGS,
      outputSelection: { [wanted]: { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode'] } },
    },
  };
  const text = solc.compile(JSON.stringify(input), {
    import: (path) => {
      const contents = packages.get(path);
      return contents === undefined ? { error: `${path} is not installed` } : { contents };
    },
  });
  const output = solcOutput.parse(JSON.parse(text));
  const errors = (output.errors ?? []).filter(
    ({ severity, sourceLocation }) =>
      severity === 'error' || (severity === 'warning' && !packages.has(sourceLocation?.file ?? '')),
  );
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));
  const hash = createHash('sha256');
  for (const [name, content] of [...Object.entries(sources), ...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, content]));
  }
  const sourceHash = `0x${hash.digest('hex')}`;

  return (source, contract) => {
    const compiled = output.contracts?.[source]?.[contract];
    if (compiled === undefined) throw new Error(`${source} holds no contract ${contract}`);
    const { bytecode, deployedBytecode } = compiled.evm;
    return {
      contract,
      compiler: solc.version(),
      settings: SETTINGS,
      sourceHash,
      abi: compiled.abi,
      bytecode: `0x${bytecode.object}`,
      deployedBytecode: `0x${deployedBytecode.object}`,
      immutables: Object.values(deployedBytecode.immutableReferences ?? {})
        .flat()
        .sort((a, b) => a.start - b.start),
    };
  };
}

/** The project's own sources by file name. */
export async function readContracts(): Promise<Record<string, string>> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sol')).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(FOLDER, name), 'utf8')] as const)),
  );
}

/** Everything that is generated from the sources: file names within lib/market/contracts, and texts. */
export async function generateContractFiles(): Promise<ReadonlyMap<string, string>> {
  const artifactOf = await compileSources(await readContracts());
  const files = new Map<string, string>();
  for (const target of TARGETS) {
    const artifact = artifactOf(target.source, target.contract);
    files.set(target.artifact, `${JSON.stringify(artifact, null, 1)}\n`);
    const code = [
      '// Generated by scripts/build/contracts.ts; not edited by hand.',
      `/** The ABI of ${target.contract}, typed for viem. */`,
      `export const ${target.name} = ${JSON.stringify(artifact.abi)} as const;`,
    ].join('\n');
    const { stdout } = await execa({
      input: code,
      cwd: ROOT,
      preferLocal: true,
    })`biome format --stdin-file-path=${target.abi}`;
    files.set(target.abi, `${stdout}\n`);
  }
  return files;
}

/** Reads all package files that the sources import, directly and indirectly, by import path. */
async function readImports(texts: readonly string[], require: NodeJS.Require): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const queue = texts.flatMap((text) => importsOf(text, ''));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    const text = await readFile(require.resolve(path), 'utf8');
    found.set(path, text);
    queue.push(...importsOf(text, path));
  }
  return found;
}

function importsOf(text: string, from: string): string[] {
  const paths: string[] = [];
  for (const [, path] of text.matchAll(/^import\s(?:[^"';]*from\s+)?["']([^"']+)["'];/gm)) {
    if (path === undefined) continue;
    if (path.startsWith('@')) paths.push(path);
    else if (from !== '') paths.push(new URL(path, `file:///${from}`).pathname.slice(1));
  }
  return paths;
}

/** Writes the generated files, or with `--check` only names those that are stale: exit code 1 if there are any. */
async function main(args: readonly string[]): Promise<void> {
  for (const [name, text] of await generateContractFiles()) {
    const path = join(FOLDER, name);
    if (!args.includes('--check')) await writeFile(path, text);
    else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
      process.stderr.write(`lib/market/contracts/${name} is stale. Run: npx tsx scripts/build/contracts.ts\n`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
