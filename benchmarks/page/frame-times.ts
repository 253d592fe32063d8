import type { Page } from 'playwright-core'
import { percentile } from '../market/percentile.ts'

/** How frames came while a page was scrolled, in milliseconds. */
export interface FrameTimes {
  perSecond: number
  median: number
  p99: number
  longest: number
}

/** Scrolls a page up and down for a while, and says how its frames came. */
export async function frameTimes(page: Page, seconds: number): Promise<FrameTimes> {
  const times = (await page.evaluate(`new Promise((resolve) => {
    const times = []
    const start = performance.now()
    let last = start
    const frame = (now) => {
      times.push(now - last)
      last = now
      scrollTo(0, (document.body.scrollHeight - innerHeight) * (0.5 - 0.5 * Math.cos((now - start) / 2000)))
      if (now - start < ${seconds * 1000}) requestAnimationFrame(frame)
      else resolve(times.slice(1))
    }
    requestAnimationFrame(frame)
  })`)) as number[]
  const sorted = times.toSorted((a, b) => a - b)
  const all = times.reduce((sum, time) => sum + time, 0)
  return {
    perSecond: (1000 * times.length) / all,
    median: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    longest: sorted.at(-1) ?? 0,
  }
}
