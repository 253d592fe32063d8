import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerHostile, answerWith, HOSTILE, strangers } from './page/hostile-answers.ts'
import { keyboardTour } from './page/keyboard-tour.ts'
import { canBeSeen, PageMarket } from './page/page-market.ts'
import { docsPicture, expectUsable, picture, violations } from './page/usable-view.ts'

const EICAR = 'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo='
/** A file of which the market's arbiter knows that it is harmless. */
const LETTER = 'Nothing to see here, just a friendly letter.\n'
/** What is loaded before the market is seen, compressed, in bytes. */
const FIRST_LOAD = 200_000

interface ListedBounty {
  guid: string
  artifact_type: string
}

describe.skipIf(!canBeSeen)('the page of a dev market', { timeout: 240_000 }, () => {
  const shared = PageMarket.forTests()
  const newest = async () =>
    (await shared.daemon<{ bounties: ListedBounty[] }>('/bounties/list?order=newest&limit=1')).bounties[0]

  /** The guid of the bounty that an answer on the page is judged by, once it is on the chain. */
  async function bountyOfAnswer(): Promise<string> {
    const link = shared.page.locator('main a[href^="/bounty/"]').first()
    await link.waitFor()
    return (await link.getAttribute('href'))?.split('/').at(-1) ?? ''
  }

  test('the market is seen with little loaded, and a bounty of it adds up', async () => {
    const { page, file } = shared
    let loaded = 0
    page.on('requestfinished', (request) => {
      if (!request.url().includes('/api/')) void request.sizes().then((sizes) => (loaded += sizes.responseBodySize))
    })
    await shared.open('/')
    await page.getByRole('cell', { name: 'Over' }).first().waitFor()
    await expect.poll(() => loaded).toBeGreaterThan(50_000)
    expect(loaded).toBeLessThan(FIRST_LOAD)
    await expectUsable(page, 'market')
    await docsPicture(page, 'market')
    // By whose they are, by type and by phase.
    for (const [account, shown] of [
      [file.accounts.guest, page.getByText('No bounty matches.')],
      [file.accounts.ambassador, page.getByRole('cell', { name: 'Over' }).first()],
    ] as const) {
      await page.getByRole('button', { name: 'Keys and account' }).click()
      await page.getByLabel('Your account').fill(account?.address ?? '')
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByLabel('Mine', { exact: true }).check()
      await shown.waitFor()
    }
    await page.getByLabel('Type').selectOption('url')
    await page.getByText('No bounty matches.').waitFor()
    await page.getByLabel('Type').selectOption('file')
    await page.getByLabel('Phase').selectOption('finished')
    const filter = Object.fromEntries(new URL(page.url()).searchParams)
    expect(filter).toEqual({ mine: 'true', type: 'file', phase: 'finished' })
    await page.getByRole('row').nth(1).getByRole('link').click()
    await page.getByText('It adds up').waitFor()
    await page.getByText('The chain paid exactly this.').waitFor()
    await page.getByRole('columnheader', { name: 'contrarian' }).waitFor()
    await page.getByText('was paid').first().waitFor()
    await expectUsable(page, 'bounty')
    await docsPicture(page, 'bounty')
    // By keyboard: the formula behind a number.
    await page.locator('button.why').first().focus()
    await page.getByText('(reward) =').first().waitFor()
    await picture(page, 'bounty-formula')
    // All digits where they are wanted.
    const amount = page.locator('main data.amount').first()
    const exact = await amount.getAttribute('title')
    await page.getByLabel('All digits').check()
    expect((await amount.textContent())?.replace(/\s+/g, ' ')).toBe(exact)
    // Bounties of the past are there, a page at a time.
    await page.getByRole('link', { name: 'Market' }).first().click()
    await page.getByRole('link', { name: 'All bounties' }).click()
    await page.getByRole('rowheader').first().waitFor()
    await expectUsable(page, 'archive')
  })

  test('the story of one file, from drop to settled, with a name that is hostile', async () => {
    const { page, file } = shared
    const uploads: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/upload/')) uploads.push(request.method())
    })
    await shared.open('/ask')
    await page.locator('[data-part=files]').setInputFiles([
      { name: HOSTILE, mimeType: 'text/html', buffer: Buffer.from(EICAR, 'base64') },
      { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from(LETTER) },
    ])
    // Looked up, with what it costs and who will see it, before a byte of it leaves.
    await page.getByText('not known yet').nth(1).waitFor()
    await page.getByText(/2 × \d/).waitFor()
    await page.getByRole('group', { name: 'Who may see it' }).waitFor()
    await expectUsable(page, 'ask')
    expect(uploads).toEqual([])
    await page.getByRole('button', { name: 'Have 2 judged' }).click()
    await page.getByRole('link', { name: 'See the answer' }).first().click()
    expect(uploads.length).toBeGreaterThan(0)
    await page.getByText('The arbiters say: malicious.').waitFor()
    await page.locator('li[aria-current=step]', { hasText: 'Settled' }).waitFor()
    await page.getByText('of 100').first().waitFor()
    expect(await page.locator('.asked-name').textContent()).toContain('\\u202e')
    await expectUsable(page, 'answer')
    await docsPicture(page, 'answer')
    const guid = await bountyOfAnswer()
    const settled = await shared.daemon<object[]>(
      `/bounties/${guid}/settlements?account=${file.accounts.consumer?.address}`,
    )
    expect(settled.length).toBeGreaterThan(0)
    expect(await strangers(page)).toEqual([])

    // What can be taken along: the address, the document, the paper.
    await shared.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy link' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(page.url())
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'JSON' }).click()
    const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8'))
    expect(saved).toMatchObject({ filename: expect.stringContaining('fdp.exe'), truth: true, state: 'settled' })
    await page.evaluate('window.print = () => { window.printed = true }')
    await page.getByRole('button', { name: 'Print or save as PDF' }).click()
    expect(await page.evaluate('window.printed')).toBe(true)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('header.top').isVisible()).toBe(false)
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-')
    await page.emulateMedia({ media: 'screen' })
    // The address alone leads back to it.
    await page.reload()
    await page.getByText('The arbiters say: malicious.').waitFor()

    await page.getByRole('button', { name: 'Dispute' }).click()
    await page.getByLabel('Reason').fill('<b>I wrote it</b> myself')
    await page.getByRole('button', { name: 'Dispute it' }).click()
    await page.getByText('Disputes answer').waitFor()
    await page.getByText('<b>I wrote it</b> myself').waitFor()
    const disputed = await bountyOfAnswer()
    expect(disputed).not.toBe(guid)
    const before = page.url()
    await page.getByRole('button', { name: 'Judge again' }).click()
    await page.waitForURL((url) => /\/answer\/\d+$/.test(url.href) && url.href !== before)
    await expect.poll(bountyOfAnswer).not.toBe(disputed)
    expect(await shared.daemon(`/bounties/${await bountyOfAnswer()}`)).toMatchObject({ artifact_type: 'file' })
    // A hash alone finds it, without a byte of it.
    await page.getByRole('link', { name: 'Ask' }).click()
    await page.getByLabel('URL or hash').fill('275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f')
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.waitForURL('**/answer/*')
  })

  test('a folder that is dropped and a URL that is pasted become bounties', async () => {
    const { page, folder } = shared
    const inner = join(folder, 'dropped', 'inner')
    mkdirSync(inner, { recursive: true })
    writeFileSync(join(folder, 'dropped', 'one.txt'), LETTER)
    writeFileSync(join(inner, 'two.txt'), LETTER)
    await shared.open('/ask')
    const zone = await page.getByText('Drop files or a folder here').boundingBox()
    const tab = await shared.context.newCDPSession(page)
    const data = { items: [], files: [join(folder, 'dropped')], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await tab.send('Input.dispatchDragEvent', { type, x: (zone?.x ?? 0) + 5, y: (zone?.y ?? 0) + 5, data })
    }
    await page.getByText('known: answered before').nth(1).waitFor()
    await page.getByText('two.txt', { exact: true }).waitFor()
    const url = `https://example.org/${Date.now()}`
    await page.getByLabel('URL or hash').fill(url)
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByText('not known yet').waitFor()
    await page.getByRole('button', { name: 'Have it judged' }).click()
    await page.getByText(url.replace('https', 'hxxps').replace('example.org', 'example[.]org')).first().waitFor()
    await expect.poll(async () => (await newest())?.artifact_type).toBe('url')
    await page.getByLabel('URL or hash').fill('javascript:alert(1)')
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByText('This is neither a URL').waitFor()
  })

  test('engines and arbiters are seen with what they are worth', async () => {
    const { page } = shared
    await shared.open('/engines')
    await page.getByRole('rowheader', { name: 'contrarian' }).waitFor()
    await expectUsable(page, 'engines')
    await page.getByRole('rowheader', { name: 'eicar' }).getByRole('link').click()
    await page.getByRole('heading', { name: 'Calibration' }).waitFor()
    await page.getByRole('img', { name: 'Earnings' }).waitFor()
    await page.getByRole('img', { name: 'Right over time' }).waitFor()
    await page.getByRole('img', { name: 'Response time' }).waitFor()
    await page.getByRole('group', { name: 'By type of file' }).getByRole('rowheader', { name: 'text/plain' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'yara' }).first().waitFor()
    await expectUsable(page, 'engine')
    await page.getByRole('link', { name: 'Arbiter' }).click()
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'arbiter' }) })
    await row.waitFor()
    await page.getByText('90').first().waitFor()
    await row.getByText(/block \d+/).waitFor()
    await expectUsable(page, 'arbiter')
  })

  test('a person decides what the arbiter does not know, and that is its vote', async () => {
    const { page } = shared
    await shared.open('/operator')
    await page.getByText('Blocks are mined.').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused: no block is mined').waitFor()
    const before = (await newest())?.guid
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Post a file' }).click()
    const content = `never seen before, ${Date.now()}`
    await (await choosing).setFiles({ name: 'new.txt', mimeType: 'text/plain', buffer: Buffer.from(content) })
    await page.getByText('Posted.').waitFor()
    const step = page.getByRole('button', { name: 'Mine one block' })
    await expect
      .poll(
        async () => {
          await step.click()
          return (await newest())?.guid
        },
        { interval: 300, timeout: 60_000 },
      )
      .not.toBe(before)
    const guid = (await newest())?.guid ?? ''
    await page.getByRole('link', { name: 'Arbiter' }).click()
    const waiting = page.getByRole('form').filter({ has: page.locator(`a[href="/bounty/${guid}"]`) })
    await waiting.getByText('Evidence').click()
    await waiting.getByText('new.txt').waitFor()
    await expectUsable(page, 'queue')
    await docsPicture(page, 'queue')
    await waiting.getByLabel('Why').fill('it says so itself')
    await waiting.getByRole('button', { name: 'Malicious' }).click()
    await waiting.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Go on', exact: true }).click()
    const votes = () => shared.daemon<{ votes: boolean[] }[]>(`/bounties/${guid}/votes`)
    await expect.poll(async () => (await votes()).map((vote) => vote.votes)).toEqual([[true]])
  })

  test('keys are made and revoked, and a webhook is told of what is posted at a click', async () => {
    const { page } = shared
    const secret = 'a secret of this test'
    const heard: string[] = []
    const hook = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      const signature = createHmac('sha256', secret).update(body).digest('hex')
      const isSigned = request.headers['x-polyswarm-signature'] === signature
      response.writeHead(isSigned ? 204 : 401).end()
      if (isSigned) heard.push(String(request.headers['x-polyswarm-event']))
    })
    hook.listen(0, '127.0.0.1')
    await once(hook, 'listening')
    try {
      await shared.open('/operator')
      await page.getByRole('button', { name: 'Make another key' }).click()
      const key = await page.locator('[role=status] code').textContent()
      await page.getByRole('button', { name: 'Keys and account' }).click()
      await page.getByLabel('API key of the consumer service').fill(key ?? '')
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByText('in use', { exact: true }).waitFor()
      // It is in the memory of the page, and nowhere else.
      const kept = 'JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])'
      expect(await page.evaluate(kept)).not.toContain(key)
      await page.getByRole('button', { name: 'Revoke key' }).first().click()
      await page.getByText('There is none: this service answers without a key.').waitFor()

      await page.getByLabel('Address').fill(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`)
      await page.getByLabel('Secret, at least 8 characters').fill(secret)
      await page.getByRole('button', { name: 'Add a webhook' }).click()
      await page.getByRole('button', { name: 'Ping it' }).click()
      await page.getByText('It answered.').waitFor()
      await page.getByText('takes what it gets', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Post the EICAR test file' }).click()
      await page.getByText('Deliveries').click()
      await page.getByRole('cell', { name: 'taken' }).first().waitFor()
      expect(heard).toContain('instance_judged')
      await expectUsable(page, 'operator')
      await page.getByRole('button', { name: 'Turn off' }).click()
      await page.getByText('off', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Delete' }).click()
      await page.getByText('You have none.').waitFor()
    } finally {
      hook.closeAllConnections()
      hook.close()
    }
  })

  test('the blocks stand still, go one step and go on, and the faucet gives what is then in the account', async () => {
    const { page, file } = shared
    await shared.open('/operator')
    await page.getByText('Blocks are mined.').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused: no block is mined').waitFor()
    const blockOf = async () => (await shared.daemon<{ side: { block: number } }>('/status')).side.block
    const mined = async () => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(file.chainRpc, { method: 'POST', headers, body })
      return Number(((await answer.json()) as { result: string }).result)
    }
    const held = await mined()
    await page.getByRole('button', { name: 'Mine one block' }).click()
    await expect.poll(mined).toBe(held + 1)
    await expect.poll(blockOf).toBe(held + 1)
    // What a keyboard alone reaches, while nothing moves below it.
    for (const view of ['/', '/bounties', '/ask', '/engines', '/arbiter', '/money', '/operator']) {
      await shared.open(view)
      await page.waitForLoadState('networkidle')
      expect(await keyboardTour(page), view).toEqual({ missed: [], unseen: [] })
    }
    expect(await mined()).toBe(held + 1)
    await page.getByLabel('Seconds between blocks').fill('0.2')
    await page.getByRole('button', { name: 'Set' }).click()
    const pace = async () => (await (await fetch(`${file.dashboard}/api/dev/blocks`)).json()) as object
    await expect.poll(pace).toEqual({ running: false, block_time: 0.2 })
    await page.getByRole('button', { name: 'Go on', exact: true }).first().click()
    await page.getByText('Blocks are mined.').waitFor()

    const guest = file.accounts.guest?.address ?? ''
    const balance = async () => BigInt(await shared.daemon<string>(`/balances/${guest}/nct`))
    const before = await balance()
    await page.getByLabel('To account').fill(guest)
    await page.getByLabel('NCT', { exact: true }).fill('12.5')
    await page.getByRole('button', { name: 'Give' }).click()
    await expect.poll(balance, { timeout: 60_000 }).toBe(before + 12_500_000_000_000_000_000n)

    await page.getByRole('link', { name: 'Money' }).click()
    await page.getByRole('combobox', { name: 'Account' }).selectOption(guest.toLowerCase())
    await page.getByText('+12.5').first().waitFor()
    await expectUsable(page, 'money')
    // Who has nothing is warned before it matters.
    await page.getByLabel('Another address').fill(`0x${'12'.repeat(20)}`)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('it does not cover one more bounty').waitFor()
  })

  test('by keyboard alone a file is asked about and its answer is seen', async () => {
    const { page } = shared
    await shared.open('/')
    const reach = async (name: string | RegExp) => {
      for (let stops = 0; stops < 60; stops++) {
        await page.keyboard.press('Tab')
        const at = page.locator(':focus')
        if ((await at.count()) === 0) continue
        const label = `${(await at.getAttribute('aria-label')) ?? ''} ${(await at.textContent()) ?? ''}`
        if (label.match(name)) return
      }
      throw new Error(`the keyboard does not reach ${name}`)
    }
    await reach('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await shared.open('/')
    await reach(/^\s*Ask/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Ask', exact: true }).waitFor()
    await reach('EICAR')
    await page.keyboard.press('Enter')
    await page.getByText('known: answered before').waitFor()
    await reach('See the answer')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/answer/*')
    await page.getByText('of 100').first().waitFor()
  })

  test('whatever others write, in every field of every view, it is text, and turns nothing round', async () => {
    const { page, file } = shared
    await answerHostile(page)
    const finished = await shared.daemon<{ bounties: ListedBounty[] }>('/bounties/list?phase=finished&limit=1')
    const listed = await fetch(`${file.consumerApi}/instance/list?limit=1`)
    const [answer] = ((await listed.json()) as { result: { id: string }[] }).result
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
      [`/bounty/${(await newest())?.guid}`, false],
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
})

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
