#!/usr/local/bin/node
// Starts the bundled program of an image; scripts/swarm-ops.js does that for the sources.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// Containers run their checks all the time: without the rest of the program they take a fifth of the work.
const check = process.argv.length === 3 ? process.argv[2] : undefined;
if (check === 'beat-check') await import('./beat-check.cjs');
else if (check === 'hub-check') process.exitCode = await (await import('./program/hub-check.js')).hubCheck();
else await import('./program/swarm-ops.js');
