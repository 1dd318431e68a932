/** One package of a job is no larger than this, without its age layer, in bytes. */
export const MAX_PACKAGE_BYTES = 80 * 1024 * 1024;

/** A validator looks at no more than this many unanswered jobs of one seller: the oldest. */
export const JOBS_PER_SELLER = 2;

/** What can't be fetched for a reason that lies with the seller is tried so often before the report says so. */
export const MAX_TRIES = 6;

/** Between two tries of a job at least and at most, in seconds; doubled from try to try. */
export const FIRST_PAUSE_SECONDS = 4;
export const LONGEST_PAUSE_SECONDS = 600;

/** An upload is used again when it is younger than this, in seconds: packages are deleted a day after they were written. */
export const REUSE_SECONDS = 12 * 3600;
