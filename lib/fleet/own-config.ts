import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectPath } from '../files/project.ts';

/** The path of infra/fleet.yaml in the folder of a project, this one if none is given; undefined where there is none. */
export function ownConfigFile(root: string = projectPath('.')): string | undefined {
  const file = join(root, 'infra/fleet.yaml');
  return existsSync(file) ? file : undefined;
}
