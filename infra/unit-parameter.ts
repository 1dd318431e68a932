/** What a container is started with, apart from its image and its role. */
export interface Container {
  /** Said to the program of the image; none for what the image itself says. */
  readonly command: readonly string[];
  readonly memoryMb: number;
  readonly ports: readonly number[];
  /** A folder of the host that becomes /state; empty for one of its own. */
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a host reads of a unit: `kk-units` takes exactly these fields. */
export interface UnitParameter extends Container {
  /** The ARN of the role that the container has, and the host for it. */
  readonly role: string;
  readonly logGroup: string;
}
