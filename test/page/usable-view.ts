import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Where pictures of the page are put, for people to look at; nowhere without it. */
const PICTURES = process.env.PAGE_PICTURES
/** Where those are put that docs show: small, and only the part that is seen at once. */
const DOCS = process.env.PAGE_DOCS
/** Screens from a telephone to 4k, in pixels. */
const WIDTHS = [360, 768, 1440, 3840]
/** The rules about colours among those that hold for every view. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

/** Nothing keeps anybody from using a view, on a screen of any size, in light and in dark. */
export async function expectUsable(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Nothing but colours is different in the dark.
    expect(await violations(page, colorScheme === 'dark'), `${name} in ${colorScheme}`).toEqual([])
    await picture(page, `${name}-${colorScheme}`)
  }
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    const needed = await page.evaluate('document.documentElement.scrollWidth')
    expect(needed, `${name}, ${width} wide`).toBeLessThanOrEqual(width)
    await picture(page, `${name}-${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}

/**
 * What keeps somebody from using a view who cannot see it, or not well.
 *
 * @param onlyColours leaves out what does not depend on colours.
 */
export async function violations(page: Page, onlyColours = false): Promise<string[]> {
  const isThere = await page.evaluate('"axe" in window')
  if (!isThere) await page.evaluate(axe.source)
  const options = onlyColours ? { runOnly: OF_COLOURS } : {}
  const found = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
  return (found as { id: string; nodes: { html: string; failureSummary?: string }[] }[]).map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
  )
}

/** Leaves a picture for people to look at, where one is wanted. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
}

/** Leaves a picture that the docs show, where they are made anew. */
export async function docsPicture(page: Page, name: string): Promise<void> {
  if (DOCS === undefined) return
  mkdirSync(DOCS, { recursive: true })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.evaluate('scrollTo(0, 0)')
  await page.screenshot({ path: join(DOCS, `${name}.jpg`), type: 'jpeg', quality: 55, scale: 'css' })
}
