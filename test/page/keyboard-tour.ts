import type { Page } from 'playwright-core'

/** More stops than any view has. */
const MOST = 400

/** What a person with a keyboard alone comes by in a view. */
export interface KeyboardTour {
  /** What can be used and was not reached. */
  missed: string[]
  /** What had the focus and did not show it. */
  unseen: string[]
}

/** Goes through a view from its beginning with the tabulator until nothing new comes. */
export async function keyboardTour(page: Page): Promise<KeyboardTour> {
  await page.evaluate('document.activeElement?.blur(), getSelection()?.removeAllRanges(), scrollTo(0, 0)')
  const unseen: string[] = []
  for (let stops = 0; stops < MOST; stops++) {
    await page.keyboard.press('Tab')
    const stop = (await page.evaluate(`(() => {
      const at = document.activeElement
      if (!at || at === document.body || at.dataset.toured) return null
      at.dataset.toured = 'true'
      const { outlineStyle, outlineWidth } = getComputedStyle(at)
      const label = (at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 60)
      return { name: at.tagName + ' ' + label, isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 }
    })()`)) as { name: string; isSeen: boolean } | null
    if (stop === null) break
    if (!stop.isSeen) unseen.push(stop.name)
  }
  const missed = await page.evaluate(`[...document.querySelectorAll(
    'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]'
  )].filter((element) => {
    const isRadio = element.type === 'radio' && !element.checked
    return element.checkVisibility() && !element.dataset.toured && !isRadio
  }).map((element) => element.outerHTML.slice(0, 160))`)
  return { missed: missed as string[], unseen }
}
