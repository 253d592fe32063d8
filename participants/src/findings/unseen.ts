/**
 * Why a part of an artifact was not looked at. A finding that says one of these makes "benign" impossible, whichever policy
 * distills it; see `acquittal`. The meanings stand in docs/participants.md, too.
 */
export const UNSEEN = {
  encrypted: 'no password that was tried opens it',
  unopened: 'it is a container or a packing that is not opened',
  damaged: 'it is damaged, cut off, or programs read it differently',
  limit: 'a limit on size, members, depth or time was reached',
  broken: 'it broke what was to look at it',
} as const

/** A reason; see {@link UNSEEN}. */
export type Unseen = keyof typeof UNSEEN

/** All of them. */
export const UNSEEN_KINDS = Object.keys(UNSEEN) as [Unseen, ...Unseen[]]
