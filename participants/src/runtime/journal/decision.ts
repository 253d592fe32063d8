/** What a participant can decide about a bounty. */
export type Decision = 'assert' | 'vote' | 'post' | 'abstain' | 'refuse'
