import { runProgram } from './run-program.ts';

// A reader that closes the pipe early, as in `swarm-ops trades | head`, is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// The terminal may be closed while the swarm still shuts down: that must not end the process.
process.stderr.on('error', () => undefined);

process.exitCode = await runProgram(process.argv.slice(2));
