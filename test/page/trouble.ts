import { expect, test } from 'vitest'
import { answerHostile, answerWith, HOSTILE, strangers } from './hostile-answers.ts'
import type { ListedBounty, PageMarket } from './page-market.ts'
import { picture, violations } from './usable-view.ts'

/** What others write, what goes wrong, and connections that are lost. */
export function trouble(shared: PageMarket): void {
  test('whatever others write, in every field of every view, it is text, and turns nothing round', async () => {
    const { page, file } = shared
    await answerHostile(page)
    const finished = await shared.daemon<{ bounties: ListedBounty[] }>('/bounties/list?phase=finished&limit=1')
    const listed = await fetch(`${file.consumerApi}/instance/list?limit=1`)
    const [answer] = ((await listed.json()) as { result: { id: string }[] }).result
    await shared.standStill()
    const engine = file.accounts.contrarian?.address ?? ''
    const strange = encodeURIComponent(HOSTILE.replaceAll('/', ''))
    const views: [path: string, ready: string, leastNamed: number][] = [
      ['/', '.bounties .rows .row', 0],
      ['/bounties', 'tbody tr', 1],
      [`/bounty/${finished.bounties[0]?.guid}`, '.payout', 4],
      ['/ask', '.asked li', 1],
      [`/answer/${answer?.id}`, '.timeline', 5],
      ['/engines', 'tbody tr', 3],
      [`/engines/${engine}`, '.uplot', 3],
      ['/arbiter', 'tbody tr', 1],
      [`/money?account=${file.accounts.consumer?.address}`, 'tbody tr', 1],
      ['/operator', '.facts', 1],
      [`/bounty/${strange}`, '[role=alert]', 0],
      [`/answer/${strange}`, '[role=alert]', 0],
      [`/engines/${strange}`, '.empty', 0],
      [`/money?account=${strange}`, '.empty', 0],
      [`/${strange}`, '.notice', 0],
    ]
    for (const [path, ready, leastNamed] of views) {
      await shared.open(path)
      await page.locator(`main ${ready}`).first().waitFor()
      await expect.poll(() => page.locator('main .loading').count()).toBe(0)
      // What is folded up is looked at, too.
      await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true')
      const named = await page
        .locator('main', { hasText: '\\u202efdp.exe' })
        .evaluateAll((all) =>
          all.reduce((sum, { textContent }) => sum + (textContent ?? '').split('\\u202efdp.exe').length - 1, 0),
        )
      expect(named, path).toBeGreaterThanOrEqual(leastNamed)
      expect(await strangers(page), path).toEqual([])
      await page.setViewportSize({ width: 360, height: 900 })
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(360)
      await picture(page, `hostile-${views.findIndex(([other]) => other === path)}`)
      await page.setViewportSize({ width: 1280, height: 900 })
    }
  })

  test('every view says that it loads, that there is nothing, and what went wrong, and tries again', async () => {
    const { page } = shared
    await shared.standStill()
    let mood: 'silent' | 'failing' | 'empty' | 'well' = 'well'
    let release: () => void = () => undefined
    await page.route('**/api/{daemon,service,arbiter}/**', async (route) => {
      if (mood === 'silent') await new Promise<void>((resolve) => (release = resolve))
      if (mood === 'failing') {
        const refusal = { status: 'FAIL', result: HOSTILE, errors: HOSTILE }
        return route.fulfill({ status: 400, json: refusal }).catch(() => undefined)
      }
      const isList = /\/(list|keys|statement|instances|cases)(\?|$)/.test(route.request().url())
      return mood === 'empty' && isList ? answerWith(route, emptied) : answerWith(route, (said) => said)
    })
    for (const [path, hasEmpty] of [
      ['/bounties', true],
      ['/engines', true],
      ['/arbiter', true],
      ['/ask', true],
      [`/money?account=0x${'34'.repeat(20)}`, true],
      ['/operator', true],
      [`/bounty/${(await shared.newestBounty())?.guid}`, false],
    ] as const) {
      mood = 'silent'
      await shared.open(path)
      await page.locator('main .loading').first().waitFor()
      mood = 'failing'
      release()
      await shared.open(path)
      const alert = page.locator('main [role=alert]').first()
      await alert.waitFor()
      expect(await alert.textContent()).toContain('\\u202efdp.exe')
      expect(await violations(page), `${path} with an error`).toEqual([])
      expect(await strangers(page)).toEqual([])
      await picture(page, `failing-${path.split(/[/?]/)[1]}`)
      mood = 'well'
      const again = page.locator('main [role=alert] button')
      await expect
        .poll(async () => {
          if ((await again.count()) > 0) await again.first().click()
          return again.count()
        })
        .toBe(0)
      if (!hasEmpty) continue
      mood = 'empty'
      await shared.open(path)
      await page.locator('main .empty').first().waitFor()
      expect(await violations(page), `${path} with nothing`).toEqual([])
      await picture(page, `empty-${path.split(/[/?]/)[1]}`)
    }
  })

  test('a connection that is lost is told of, and is resumed where it was', async () => {
    const { page } = shared
    const cursors: (string | null)[] = []
    page.on('websocket', (socket) => cursors.push(new URL(socket.url()).searchParams.get('since')))
    await shared.open('/')
    await page.getByText(/^Block \d/).waitFor()
    shared.market.killProgram('polyswarmd')
    await page.getByText('The connection was lost').waitFor()
    await page.getByText('Connected again').waitFor()
    expect(cursors[0]).toBe('0')
    expect(cursors.at(-1)).toMatch(/^[0-9a-f]+-\d+$/)
  })
}

/** An answer whose lists have nothing in them. */
function emptied(answer: unknown): unknown {
  if (Array.isArray(answer)) return []
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      name === 'next' ? null : name === 'has_more' ? false : emptied(value),
    ]),
  )
}
