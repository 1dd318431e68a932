/** Reads a secret of Secrets Manager; undefined when it is absent or empty. @throws the `aws/…` errors of `awsFailure`. */
export async function readHeldSecret(name: string, region: string): Promise<string | undefined> {
  // Imported only here: the SDK's memory is wasted on an agent whose secret is a file.
  const { createSecretStore } = await import('../../aws/secret-store.ts');
  return createSecretStore({ region }).read(name);
}
