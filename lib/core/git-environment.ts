/** Set for every git process, so that neither the machine's configuration nor a prompt has a say. */
const ISOLATION = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '1',
  LC_ALL: 'C',
} as const;

/** The names of {@link gitEnvironment} that simple-git must be told to let through. */
export const GIT_ENVIRONMENT_KEYS: readonly string[] = [
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_SYSTEM',
  'GIT_TERMINAL_PROMPT',
  'GIT_OPTIONAL_LOCKS',
];

/** What simple-git holds back by default and an isolated git needs: configuration files that are `/dev/null`. */
export const GIT_UNSAFE_FLAGS = { allowUnsafeConfigPaths: true } as const;

/** The environment of a git process: the path, home and SSH agent of `inherited`, and nothing else of the machine's. */
export function gitEnvironment(inherited: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = { ...ISOLATION };
  for (const key of ['PATH', 'HOME', 'TMPDIR', 'SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'HTTPS_PROXY', 'NO_PROXY']) {
    const value = inherited[key];
    if (value !== undefined) environment[key] = value;
  }
  return environment;
}

/** Git's identity for a name: `<name> <name@karmakadabra.invalid>`. */
export function gitEmail(name: string): string {
  return `${name}@karmakadabra.invalid`;
}
