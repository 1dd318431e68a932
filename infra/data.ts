import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { type FleetContext, named } from './context.ts';
import type { FleetKey } from './key.ts';
import { policyJson } from './policy/document.ts';
import { bucketPolicy } from './policy/shared.ts';

/** The two buckets: sealed goods that expire, and the corpus that is kept with its versions. */
export function createBuckets(context: FleetContext, key: FleetKey, s3EndpointId: string): void {
  const { config, names } = context;
  const onlyVpce = config.deliveries.onlyFromVpc ? s3EndpointId : undefined;
  // No versioning: object keys follow from the sealed content, so a second version could only be equal or wrong.
  createBucket(context, key, { id: 'deliveries', name: names.deliveries, versioned: false, onlyVpce });
  createBucket(context, key, { id: 'corpus', name: names.corpus, versioned: true, onlyVpce: undefined });
}

interface BucketPlan {
  readonly id: 'deliveries' | 'corpus';
  readonly name: string;
  readonly versioned: boolean;
  readonly onlyVpce: string | undefined;
}

function createBucket({ stack, config, names }: FleetContext, key: FleetKey, plan: BucketPlan): void {
  const { id, name } = plan;
  const bucket = named(
    new S3Bucket(stack, id, {
      bucket: name,
      forceDestroy: id === 'deliveries',
      tags: { Name: name },
      // A bucket that is not empty stays, and then so does the key that opens it, in use as before.
      dependsOn: [key.resource],
    }),
    id,
  ).id;
  const access = named(
    new S3BucketPublicAccessBlock(stack, `${id}-access`, {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
    `${id}_access`,
  );
  named(
    new S3BucketOwnershipControls(stack, `${id}-owner`, { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } }),
    `${id}_owner`,
  );
  named(
    new S3BucketServerSideEncryptionConfigurationA(stack, `${id}-encryption`, {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn },
          bucketKeyEnabled: true,
        },
      ],
    }),
    `${id}_encryption`,
  );
  named(
    new S3BucketVersioningA(stack, `${id}-versions`, {
      bucket,
      versioningConfiguration: { status: plan.versioned ? 'Enabled' : 'Suspended' },
    }),
    `${id}_versions`,
  );
  const ended = { abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } };
  named(
    new S3BucketLifecycleConfiguration(stack, `${id}-lifecycle`, {
      bucket,
      rule: [
        plan.versioned
          ? {
              id: 'drop-old-versions',
              status: 'Enabled',
              filter: [{ prefix: '' }],
              noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
              abortIncompleteMultipartUpload: [ended.abortIncompleteMultipartUpload],
            }
          : {
              id: 'expire-goods',
              status: 'Enabled',
              filter: [{ prefix: '' }],
              expiration: [{ days: config.deliveries.expireDays }],
              abortIncompleteMultipartUpload: [ended.abortIncompleteMultipartUpload],
            },
      ],
    }),
    `${id}_lifecycle`,
  );
  named(
    new S3BucketPolicy(stack, `${id}-policy`, {
      bucket,
      policy: policyJson(bucketPolicy(names, name, key.arn, plan.onlyVpce)),
      // S3 refuses two simultaneous changes of a bucket's access.
      dependsOn: [access],
    }),
    `${id}_policy`,
  );
}
