#!/usr/bin/env node
// Starts the program: from its bundle where there is one (see program-bundle.js), else from the TypeScript sources. Everything else
// is in swarm-ops.ts.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`swarm-ops needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node.`);
  process.exit(2);
}
// The AWS SDK prints a warning about the end of support for old Node versions at every start; the engines field of this project
// says which versions it runs on.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// Loading takes a second or more: the line shows at once that the command has started.
if (process.argv[2] === 'up' && !process.argv.includes('--help')) process.stderr.write('· starting\n');
const { fileURLToPath, pathToFileURL } = await import('node:url');
const { findBundle } = await import('./program-bundle.js');
const bundle = findBundle(fileURLToPath(new URL('..', import.meta.url)));
if (bundle !== undefined) await import(pathToFileURL(bundle).href);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./swarm-ops.ts');
}
