/** What the hub needs of AWS when its configuration names a secret or a parameter. Each throws SwarmError `aws/…`. */
export interface HubAws {
  /** The value of a secret; undefined when it is absent or empty. */
  readonly readSecret: (name: string) => Promise<string | undefined>;
  /** Sets a parameter of the Systems Manager, replacing an older value. */
  readonly putParameter: (name: string, value: string) => Promise<void>;
}
