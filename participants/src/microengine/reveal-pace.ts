/** What is known of an engine's transactions, and of the reveals that are due together. */
export interface RevealSituation {
  /** Reveals that are to be made in the same window, the next one included. */
  due: number
  /** Blocks of the window. */
  window: number
  /** Milliseconds between two blocks; undefined while that is not known. */
  blockTime: number | undefined
  /** Milliseconds that sending a transaction takes, where others are being sent as well; undefined while none was sent. */
  each: number | undefined
  /** The most blocks that a transaction took lately, or waits already. */
  delay: number
  /** The most blocks after its window began in which a reveal was mined lately, its keeper's included, or waits already. */
  revealDelay: number
}

/** A transaction that is sent when a block has just been made is in the next but one. */
const LEAST_DELAY = 2
/** A keeper has half of the window; who is later than this part of it is late by more than can be told beforehand. */
const LATE = 0.7

/**
 * Whether another reveal can be made with those that are due together. An assertion costs its bid where it is not revealed in
 * time: so half of the window has to be enough for sending all of them, and for the slowest to be mined.
 *
 * @returns undefined where it can, and otherwise why it cannot, in words that can follow a colon.
 */
export function tooManyReveals({
  due,
  window,
  blockTime,
  each,
  delay,
  revealDelay,
}: RevealSituation): string | undefined {
  if (delay > Math.max(LEAST_DELAY, Math.floor(window / 2))) {
    return `transactions take ${delay} blocks, and a reveal has ${window}`
  }
  if (revealDelay > Math.max(LEAST_DELAY, LATE * window)) {
    return `reveals take ${revealDelay} blocks of ${window}`
  }
  // Before anything was measured, one for each block.
  const most = each === undefined || blockTime === undefined ? window : Math.floor((window * blockTime) / 2 / each)
  if (due <= Math.max(most, 1)) return undefined
  return `${due - 1} assertions are to be revealed in the same ${window} blocks, and no more than ${most} can be`
}
