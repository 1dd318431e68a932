import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js';
import { type FleetContext, named } from './context.ts';
import type { FleetKey } from './key.ts';

const keep = (rulePriority: number, description: string, pattern: string, countNumber: number) => ({
  rulePriority,
  description,
  selection: { tagStatus: 'tagged', tagPatternList: [pattern], countType: 'imageCountMoreThan', countNumber },
  action: { type: 'expire' },
});

/**
 * The lifecycle policy of a repository. Only tags are counted: one push is an index with a tag, and an image and an attestation for each
 * architecture without. Those go with their index, since ECR expires nothing that an index refers to, and what has the tag
 * of a release is never expired by a later rule. Source: Amazon ECR user guide, "Lifecycle policy evaluation rules".
 */
const EXPIRY = [
  keep(1, 'Keep the last 30 releases', 'v*', 30),
  keep(2, 'Keep the last 100 images: the one that runs may be an old one', '*', 100),
  {
    rulePriority: 3,
    description: 'Drop what was pushed in part, or lost its index',
    selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
    action: { type: 'expire' },
  },
];

/** The repositories of the two images: tags can't be moved, images are scanned when they are pushed. */
export function createRegistry(
  { stack, names }: FleetContext,
  key: FleetKey,
): Readonly<Record<'agent' | 'hub', string>> {
  const repository = (what: 'agent' | 'hub') => {
    const made = named(
      new EcrRepository(stack, `${what}-repository`, {
        name: names.repository(what),
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: key.arn }],
      }),
      `${what}_repository`,
    );
    named(
      new EcrLifecyclePolicy(stack, `${what}-images`, {
        repository: made.name,
        policy: JSON.stringify({ rules: EXPIRY }),
      }),
      `${what}_images`,
    );
    return made.repositoryUrl;
  };
  return { agent: repository('agent'), hub: repository('hub') };
}
