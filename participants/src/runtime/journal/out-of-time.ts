/** How a reason begins that a bounty was left out for want of time. */
export const OUT_OF_TIME = {
  /** By what was measured it could not be judged in time. */
  hopeless: 'there is no time for it',
  /** It waited for its turn until it was too late. */
  waited: 'there was no time left to decide',
  /** It was begun, and not finished in time. */
  cutOff: 'deciding took too long',
} as const

/** Whether a decision's reason is that there was no time. */
export function isOutOfTime(reason: string): boolean {
  return Object.values(OUT_OF_TIME).some((beginning) => reason.startsWith(beginning))
}
