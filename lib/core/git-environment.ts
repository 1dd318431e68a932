/** Set for every git process, so that it ignores the machine's configuration and never prompts. */
const ISOLATION = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '1',
  LC_ALL: 'C',
} as const;

/** The variables of {@link gitEnvironment} that simple-git must be told to allow. */
export const GIT_ENVIRONMENT_KEYS: readonly string[] = [
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_SYSTEM',
  'GIT_TERMINAL_PROMPT',
  'GIT_OPTIONAL_LOCKS',
];

/** Allows configuration files at `/dev/null`, which an isolated git needs and simple-git refuses by default. */
export const GIT_UNSAFE_FLAGS = { allowUnsafeConfigPaths: true } as const;

/** The environment of a git process: path, home, proxy, certificates and SSH agent of `inherited`, and nothing else of it. */
export function gitEnvironment(inherited: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = { ...ISOLATION };
  for (const key of ['PATH', 'HOME', 'TMPDIR', 'SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'HTTPS_PROXY', 'NO_PROXY']) {
    const value = inherited[key];
    if (value !== undefined) environment[key] = value;
  }
  return environment;
}

/** The e-mail address of a git identity: `<name>@karmakadabra.invalid`. */
export function gitEmail(name: string): string {
  return `${name}@karmakadabra.invalid`;
}
