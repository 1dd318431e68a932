import type { Command } from 'commander';
import type { RunCommand } from '../terminal/run-command.ts';

/** Adds `hub` and `hub-check`, which run in the hub's container and are configured by its environment (see hub-config.ts). */
export function addHub(program: Command, run: RunCommand): void {
  const add = (name: string, description: string): Command =>
    program.command(name).helpGroup('Inside containers:').description(description);

  add('hub', 'serve the vault over HTTPS and the channel over TLS, until SIGTERM').action(
    run(async () => (await import('../commands/hub-run.ts')).hub()),
  );
  add('hub-check', 'the health check of the hub; exit code 0 healthy, 1 not').action(
    run(async () => (await import('../commands/hub-check.ts')).hubCheck()),
  );
}
