import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HOSTILE, strangers } from './hostile-answers.ts'
import type { PageMarket } from './page-market.ts'
import { docsPicture, expectUsable } from './usable-view.ts'

const EICAR = 'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo='
/** A file of which the market's arbiter knows that it is harmless. */
const LETTER = 'Nothing to see here, just a friendly letter.\n'

/** Files, folders, URLs and hashes that are asked about, and their answers. */
export function asking(shared: PageMarket): void {
  /** The guid of the bounty that an answer on the page is judged by, once it is on the chain. */
  async function bountyOfAnswer(): Promise<string> {
    const link = shared.page.locator('main a[href^="/bounty/"]').first()
    await link.waitFor()
    return (await link.getAttribute('href'))?.split('/').at(-1) ?? ''
  }

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
    await expect.poll(async () => (await shared.newestBounty())?.artifact_type).toBe('url')
    await page.getByLabel('URL or hash').fill('javascript:alert(1)')
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByText('This is neither a URL').waitFor()
  })

  test('by keyboard alone a file is asked about and its answer is seen', async () => {
    const { page } = shared
    await shared.standStill()
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
}
