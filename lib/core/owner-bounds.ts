/**
 * What one scope of the vault may hold: an agent's folder, the treasury's, or one of people's folders. The hub refuses a push
 * over these, and a reader reads a scope up to them. An honest agent's untrimmed busy week stays under half of each.
 */
export interface OwnerBounds {
  /** Files of every kind. A reader keeps about 0.4 KB for each. */
  readonly files: number;
  /** Bytes of all files, each path counted, as a checkout writes them. */
  readonly bytes: number;
  /** Bytes of pages, which readers load; logs and attachments don't count. */
  readonly pageBytes: number;
  /** Bytes of front matter in free-form YAML, which is parsed many times slower than the form that programs write. */
  readonly yamlBytes: number;
}

const [KIB, MIB] = [1024, 1024 * 1024];

/** The bounds of an agent's folder and of the treasury's. */
export const AGENT_BOUNDS: OwnerBounds = {
  files: 20_000,
  bytes: 128 * MIB,
  pageBytes: 64 * MIB,
  // Programs write none; this is room for notes whose properties people edited.
  yamlBytes: 32 * KIB,
};

/** The bounds of the archive's index, which only the hub or the host writes: some 400,000 trades. */
export const ARCHIVE_BOUNDS: OwnerBounds = {
  files: 20_000,
  bytes: 512 * MIB,
  pageBytes: 512 * MIB,
  yamlBytes: 0,
};

/** The bounds of each of people's folders, where notes are written by hand and attachments are kept. */
export const PEOPLE_BOUNDS: OwnerBounds = {
  files: 5_000,
  bytes: 512 * MIB,
  pageBytes: 32 * MIB,
  // A note by hand has about 200 bytes. A KiB of the worst takes some milliseconds of every reader.
  yamlBytes: 256 * KIB,
};
