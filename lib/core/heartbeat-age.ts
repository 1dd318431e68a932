/** How often an agent that has nothing to do renews its state, in seconds; a slower agent renews it at every beat. */
export const REST_RENEWAL_SECONDS = 300;

/**
 * The age that the heartbeat of a running agent in the vault doesn't reach, in seconds: a renewal, the beat that is due by then,
 * the wait for the other agents of its host and the push. What looks for silent agents allows it.
 */
export const MAX_HEARTBEAT_AGE_SECONDS = 2 * REST_RENEWAL_SECONDS;
