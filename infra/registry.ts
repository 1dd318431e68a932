import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js';
import type { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { type FleetContext, named } from './context.ts';

/** The repositories of the two images: tags can't be moved, images are scanned when they are pushed. */
export function createRegistry({ stack, names }: FleetContext, key: KmsKey): Readonly<Record<'agent' | 'hub', string>> {
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
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: 'Keep the last 30 images: enough to go back',
              selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 },
              action: { type: 'expire' },
            },
          ],
        }),
      }),
      `${what}_images`,
    );
    return made.repositoryUrl;
  };
  return { agent: repository('agent'), hub: repository('hub') };
}
