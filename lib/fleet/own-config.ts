import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectPath } from '../files/project.ts';

/** The path of infra/fleet.yaml in a project's folder, this project's by default; undefined if there is no such file. */
export function ownConfigFile(root: string = projectPath('.')): string | undefined {
  const file = join(root, 'infra/fleet.yaml');
  return existsSync(file) ? file : undefined;
}
