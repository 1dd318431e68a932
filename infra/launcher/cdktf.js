#!/usr/bin/env node
// `npx cdktf` from the root: runs the CLI that infra/package-lock.json pins, and explains what to do after a failed apply.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);
const [command = '', ...rest] = process.argv.slice(2);

// npm writes this file last, so an incomplete installation is repeated.
if (!existsSync(here('../node_modules/.package-lock.json'))) {
  say('CDKTF and its AWS provider are not here yet: installing them from infra/package-lock.json.');
  const code = await run('npm', ['ci', '--no-fund', '--no-audit', '--prefix', here('..')], here('../..'));
  if (code !== 0) {
    say('They could not be installed. Next: look at what npm says, then npm ci --prefix infra.');
    process.exit(code);
  }
}
const code = await run(
  process.execPath,
  [here('../node_modules/cdktf-cli/bundle/bin/cdktf'), command, ...rest],
  here('../..'),
);
if (code !== 0 && ['deploy', 'apply', 'destroy'].includes(command)) explain();
process.exit(code);

function explain() {
  say(`
cdktf ${command} did not finish. What Terraform had done by then stays done and is in its state; nothing is undone.
  What is left to do:    npx cdktf diff
  To go on:              mend what was refused (a quota: Service Quotas; credentials: log in anew), then the same command
  To take it all away:   npx cdktf destroy
  If a secret "is already scheduled for deletion" (an agent or a fleet that comes back): bring it back, or give it up.
                         arn=$(aws secretsmanager restore-secret --secret-id NAME --query ARN --output text)
                         terraform -chdir=cdktf.out/stacks/fleet import aws_secretsmanager_secret.UNIT_secret "$arn"
                         aws secretsmanager delete-secret --secret-id NAME --force-delete-without-recovery
  If a bucket is not empty, a destroy leaves it and the key of the fleet: empty it, then destroy again
  What survives a destroy (snapshots, secrets for a while) is under the key, which no destroy deletes. If somebody did:
                         aws kms cancel-key-deletion --key-id ID && aws kms enable-key --key-id ID
  If it speaks of a lock that nobody holds: terraform -chdir=cdktf.out/stacks/fleet force-unlock <id>
  If cdktf.out/stacks/fleet/errored.tfstate exists, the state could not be saved. Before anything else:
                         terraform -chdir=cdktf.out/stacks/fleet state push errored.tfstate`);
}

/** Runs a program where everybody sees it. Gives its exit code, as a shell would. */
function run(program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', cwd });
    // A Ctrl-C reaches the child by itself; this process waits until Terraform has stopped in good order.
    const wait = () => undefined;
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', wait).on('SIGTERM', pass);
    child.on('error', (error) => {
      say(`${program} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (status, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', pass);
      resolve(status ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
