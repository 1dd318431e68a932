const [KIB, MIB] = [1024, 1024 * 1024];

/**
 * What the hub takes from one account and in all, so that one that attacks leaves room for the others. `shares` are an account's,
 * `total` the hub's: no account's share is all of a total.
 */
export const HUB_BOUNDS = {
  /** What an account may push in 24 hours. */
  quota: {
    /** Bytes of pushes as they arrive, also of refused ones. An honest agent's busy day is a few MiB: a commit packs to about 2.4 KB. */
    wireBytes: 96 * MIB,
    /**
     * Bytes that accepted pushes change: whole files, so that a line appended to a long log counts the log: every host unpacks it
     * again, however little was sent. A beat each 30 s that all append to one day's log change about 800 MiB.
     */
    changedBytes: 2048 * MIB,
    /** From this share of a quota on, the operator is told. */
    nearShare: 0.8,
  },
  disk: {
    /** With less free space no push is taken: git and the certificate need space to finish what they write. */
    minFreeBytes: 32 * MIB,
    /** With less than this, an account's quota shrinks with the free space, so that those who pushed most today are refused first. */
    lowFreeBytes: 256 * MIB,
  },
  body: {
    pushBytes: 64 * MIB,
    /** What a fetch asks for: 50 bytes for each commit that the asker names. */
    fetchBytes: 4 * MIB,
    /** The bodies of all requests that are received or wait. */
    totalBytes: 512 * MIB,
  },
  /** Bytes a second that a sender or reader must keep up over each window. A mobile connection has ten times as much. */
  rate: { minBytesPerSecond: 4 * KIB, windowMs: 10_000 },
  /** Requests of an account that are received, wait or run. A host pushes one thing after another. */
  shares: { pushes: 1, fetches: 4 },
  /** Connections of each of the two servers. An account's host has one for turns, and git two at a time. */
  connections: { all: 600, ofAccount: 16, unknownOfAddress: 100 },
  /** Sign-ins to the channel of an account: each is read by all. */
  channelSignIns: { burst: 20, everyMs: 3_000 },
  /** Lines of an account on the channel: more than an agent or a person sends; at the lasting rate people can still read along. */
  channelLines: { burst: 60, everyMs: 1_000 },
  /** Git processes that run at once, and requests that wait for one. Their memory is the container's limit divided. */
  pushes: { running: 3, waiting: 100, maxWaitMs: 30_000 },
  fetches: { running: 8, waiting: 200, maxWaitMs: 30_000 },
  /** What a git process may use that serves a request or inspects a push, whatever a pack states: enforced by the kernel. */
  git: {
    /** A push: a page of 8 MiB with its delta and base needs about 40 MiB. A file is a pack with the bases that a thin one leaves out. */
    push: { memoryBytes: 96 * MIB, fileBytes: 128 * MIB, processorSeconds: 60 },
    /** A fetch: memory grows with the number of objects in the vault, by about 200 bytes each. */
    fetch: { memoryBytes: 192 * MIB, fileBytes: 128 * MIB, processorSeconds: 110 },
    wallMs: 120_000,
  },
} as const;
