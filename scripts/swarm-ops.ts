import { runProgram } from './run-program.ts';

// A reader that has seen enough, as in `swarm-ops trades | head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// The window may close while the swarm still stops in good order.
process.stderr.on('error', () => undefined);

process.exitCode = await runProgram(process.argv.slice(2));
