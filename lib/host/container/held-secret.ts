/** Reads a secret of Secrets Manager; undefined when it is absent or empty. @throws SwarmError `aws/…` as `awsFailure` says. */
export async function readHeldSecret(name: string, region: string): Promise<string | undefined> {
  // The SDK takes memory that an agent whose secret is a file can do without.
  const { createSecretStore } = await import('../../aws/secret-store.ts');
  return createSecretStore({ region }).read(name);
}
