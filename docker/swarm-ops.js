#!/usr/local/bin/node
// Starts the bundled program of an image; scripts/swarm-ops.js does that for the sources.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
if (process.argv.length === 3 && process.argv[2] === 'beat-check') {
  // Every container runs it all the time: without the rest of the program it takes a fifth of the work.
  const { beatCheck } = await import('./program/beat-check.js');
  process.exitCode = await beatCheck({});
} else await import('./program/swarm-ops.js');
