import { Command, Option } from 'commander';
import { formatError } from '../../lib/core/errors.ts';
import { buildImages, TARGETS, type Target } from './images/build-images.ts';
import { dockerAt } from './images/docker.ts';
import { importOfflineBase } from './images/offline-base.ts';

const program = new Command('build-image')
  .description('Builds the images of docker/Dockerfile with version and commit in their labels.')
  .addOption(new Option('--target <name>', 'only this image; all if absent').choices(TARGETS))
  .option('--tag <tag>', 'tag of the images', 'local')
  .option('--offline', 'use no registry: make the base image with debootstrap, with Node and packages from npm')
  .action(async (options: { readonly target?: Target; readonly tag: string; readonly offline?: boolean }) => {
    const docker = dockerAt();
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const offlineBase = options.offline === true ? await importOfflineBase(docker, log) : undefined;
    const targets = options.target === undefined ? TARGETS : [options.target];
    const names = await buildImages(docker, {
      targets,
      tag: options.tag,
      ...(offlineBase === undefined ? {} : { offlineBase }),
    });
    process.stdout.write(`${names.join('\n')}\n`);
  });
await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${formatError(error)}\n`);
  process.exitCode = 1;
});
