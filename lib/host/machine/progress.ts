/**
 * Told of each step of a start or a stop, for people who wait. `done` of `of` says how far a step with parts is; a step
 * is told again as its parts get done.
 */
export type Progress = (step: string, done?: number, of?: number) => void;
