import { readFile, writeFile } from 'node:fs/promises';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { composeFile } from './compose-file.ts';

/** Writes docker/compose.yaml, or with `--check` only checks whether it is up to date: exit code 1 if not. */
const file = projectPath('docker/compose.yaml');
const text = composeFile(await loadManifests([projectPath('agents')]));
if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docker/compose.yaml is older than agents/. Run: npm run compose\n');
  process.exitCode = 1;
}
