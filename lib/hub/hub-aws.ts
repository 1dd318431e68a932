/** What the hub asks of AWS, where its configuration names something there. Each throws SwarmError `aws/…`. */
export interface HubAws {
  /** The value of a secret; undefined when it is absent or empty. */
  readonly readSecret: (name: string) => Promise<string | undefined>;
  /** Sets a parameter of the Systems Manager, over an older value. */
  readonly putParameter: (name: string, value: string) => Promise<void>;
}
