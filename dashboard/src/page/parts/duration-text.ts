import { texts } from '../texts.js'

const { times } = texts

/** A span of time in the largest unit that fits, such as `3 min`. @param seconds of any sign. */
export function durationText(seconds: number): string {
  const size = Math.abs(seconds)
  if (size < 90) return times.seconds(Math.round(size))
  if (size < 90 * 60) return times.minutes(Math.round(size / 60))
  if (size < 36 * 3600) return times.hours(Math.round(size / 3600))
  return times.days(Math.round(size / 86_400))
}

/** A moment as seen from another, such as `3 min ago`. Both in milliseconds. */
export function relativeText(moment: number, now: number): string {
  const seconds = (moment - now) / 1000
  if (Math.abs(seconds) < 1) return times.now
  return seconds < 0 ? times.ago(durationText(seconds)) : times.in(durationText(seconds))
}
