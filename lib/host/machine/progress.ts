/**
 * Called at each step of a start or a stop, to show progress. For a step with parts it is called after each part, with
 * `done` of `of` parts.
 */
export type Progress = (step: string, done?: number, of?: number) => void;
