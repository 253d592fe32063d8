/** The most jobs that all workers of a queue take together within a time. */
export interface RateLimit {
  max: number
  /** Milliseconds. */
  duration: number
}

const PERIODS: ReadonlyMap<string, number> = new Map([
  ['second', 1_000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
])

/** Reads a limit such as `100/minute`; undefined where it is none. */
export function parseRateLimit(text: string): RateLimit | undefined {
  const [, count = '', period = ''] = /^(\d{1,9})\/(\w+)$/.exec(text) ?? []
  const duration = PERIODS.get(period)
  return duration === undefined || Number(count) < 1 ? undefined : { max: Number(count), duration }
}
