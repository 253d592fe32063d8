/** Statuses with which `polyswarm` ends. 0 to 3 are those of the published command of the same name. */
export const EXIT = {
  /** Everything that was asked for is there. */
  done: 0,
  /** Nothing was found, a submission failed, or the service is away. */
  none: 1,
  /** The command line, the key or the answer is wrong. */
  wrong: 2,
  /** Some of it is there, and some failed or is still open. */
  partial: 3,
  /** Under `--exit-status`: at least one artifact is malicious, whatever became of the others. */
  malicious: 4,
  /** Stopped by Ctrl-C, as shells count signals. */
  stopped: 130,
} as const

/** One of them; see {@link EXIT}. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]
