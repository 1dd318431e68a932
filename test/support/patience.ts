/** How long a wait on a condition may take, in ms: far more than on a machine with ten times the work that it can do. */
export const PATIENCE_MS = 120_000;
