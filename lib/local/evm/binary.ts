import { createRequire } from 'node:module';
import { SwarmError } from '../../core/errors.ts';

/** The names of the packages that hold anvil's binary, by Node's platform and architecture. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@foundry-rs/anvil-linux-amd64/bin/anvil',
  'linux-arm64': '@foundry-rs/anvil-linux-arm64/bin/anvil',
  'darwin-x64': '@foundry-rs/anvil-darwin-amd64/bin/anvil',
  'darwin-arm64': '@foundry-rs/anvil-darwin-arm64/bin/anvil',
  'win32-x64': '@foundry-rs/anvil-win32-amd64/bin/anvil.exe',
};

/**
 * Finds anvil's binary in the package for this machine, which npm installs as an optional dependency; no install script
 * has to run.
 * @throws SwarmError `local/no-anvil`
 */
export function findAnvil(platform = `${process.platform}-${process.arch}`): string {
  const path = PACKAGES[platform];
  try {
    if (path === undefined) throw new Error(`there is no build for ${platform}`);
    const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'));
    return require.resolve(path);
  } catch (cause) {
    throw new SwarmError({
      code: 'local/no-anvil',
      disposition: 'stop',
      message: `The embedded chain's program (anvil) is not installed for ${platform}`,
      next: 'Run npm ci without --omit=optional, on 64-bit Linux or macOS.',
      cause,
    });
  }
}
