#!/usr/bin/env node
// Starts the TypeScript program without a build step; everything else is in swarm-ops.ts.
import { register } from 'tsx/esm/api';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`swarm-ops needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node.`);
  process.exit(2);
}
// The SDK speaks of its own future at every start; this project's engines field says what it runs on.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// Loading takes a second, on a busy machine several: who starts a swarm sees at once that something happens.
if (process.argv[2] === 'up' && !process.argv.includes('--help')) process.stderr.write('· starting\n');
register();
await import('./swarm-ops.ts');
