import {
  BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SwarmError } from '../lib/core/errors.ts';

/** The bucket that Terraform keeps its state in. */
export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * Makes the bucket for Terraform's state, or sets what it lacks: versions (to go back to), encryption, closed to the public, TLS
 * only. Safe to repeat. Returns whether it was made now. Throws the errors of S3, as when another account has a bucket of that name.
 */
export async function ensureStateBucket(s3: S3Client, { bucket, region, accountId }: StateBucket): Promise<boolean> {
  const ours = { Bucket: bucket, ExpectedBucketOwner: accountId };
  const made = !(await exists(s3, ours));
  if (made) {
    // us-east-1 is the one region that must not be named.
    const where =
      region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: asLocation(region) } };
    await s3.send(new CreateBucketCommand({ Bucket: bucket, ...where }));
  }
  await s3.send(
    new PutPublicAccessBlockCommand({
      ...ours,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ ...ours, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(
    new PutBucketEncryptionCommand({
      ...ours,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true }],
      },
    }),
  );
  const arn = `arn:aws:s3:::${bucket}`;
  const tlsOnly = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
  await s3.send(new PutBucketPolicyCommand({ ...ours, Policy: JSON.stringify(tlsOnly) }));
  return made;
}

async function exists(s3: S3Client, ours: { Bucket: string; ExpectedBucketOwner: string }): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand(ours));
    return true;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchBucket')) return false;
    throw error;
  }
}

function asLocation(region: string): BucketLocationConstraint {
  const found = Object.values(BucketLocationConstraint).find((known) => known === region);
  if (found !== undefined) return found;
  throw new SwarmError({
    code: 'infra/unknown-region',
    disposition: 'stop',
    message: `S3 has no region ${region}`,
    next: 'Name a region of AWS in the configuration, as in us-east-1.',
  });
}
