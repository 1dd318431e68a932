/** The maximum size of one package of a job, without its age layer, in bytes. */
export const MAX_PACKAGE_BYTES = 80 * 1024 * 1024;

/** The maximum number of unanswered jobs of one seller that a validator considers: the oldest. */
export const JOBS_PER_SELLER = 2;

/** How often a download that fails by the seller's fault is tried before the report says so. */
export const MAX_TRIES = 6;

/** The shortest and longest pause between two tries of a job, in seconds; it doubles with each try. */
export const FIRST_PAUSE_SECONDS = 4;
export const LONGEST_PAUSE_SECONDS = 600;

/** An upload younger than this is reused, in seconds: packages are deleted a day after they were written. */
export const REUSE_SECONDS = 12 * 3600;
