/** What all keys of our queues begin with, in whichever Redis they are. */
export const QUEUE_PREFIX = 'polyswarm'
