import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { planArtifacts } from '../artifact-plan.ts'
import { DataDirectory } from '../data-directory.ts'
import type { MarketFile } from '../market-file.ts'
import { parseSettings } from '../settings.ts'
import { enginePlans } from '../topology.ts'
import { programPlans } from './program-plans.ts'

const FILE = { polyswarmd: 'http://127.0.0.1:31337', contracts: {}, accounts: {} } as unknown as MarketFile

const plansWithout = (...without: string[]) => plansOf(undefined, without)

async function plansOf(urlList: string | undefined, without: string[] = []) {
  const data = DataDirectory.open(mkdtempSync(join(tmpdir(), 'plans-')))
  onTestFinished(() => rmSync(data.root, { recursive: true }))
  const raw = { data: data.root, port: '0', chainPort: '0', blockTime: '0.2', engines: '3' }
  const urls = urlList === undefined ? {} : { urls: join(data.root, urlList) }
  if (urls.urls !== undefined) writeFileSync(urls.urls, 'https://example.org/\n')
  const settings = parseSettings({ ...raw, ...urls, without })
  const engines = enginePlans(3, urls.urls === undefined ? 'file' : 'url')
  const artifacts = await planArtifacts(settings, 3)
  return programPlans({ data, file: FILE, settings, engines, artifacts, port: 1, consumerPort: 2 })
}

it('has a program for each role, but for those whose place somebody else takes', async () => {
  expect(Object.keys(await plansWithout())).toEqual(expect.arrayContaining(['arbiter', 'ambassador', 'consumer']))
  const left = await plansWithout('ambassador', 'arbiter')
  expect(left.ambassador).toBeUndefined()
  expect(left.arbiter).toBeUndefined()
})

it.each([
  ['samples', undefined, ['eicar url file url', 'yara file', 'contrarian file url']],
  ['URLs', 'urls.txt', ['url url', 'yara url', 'contrarian url']],
])(
  'has an engine that judges URLs, and an arbiter that knows of them, where %s are posted',
  async (_, urls, expected) => {
    const plans = await plansOf(urls)
    const judged = plans.engines.map(({ args }) =>
      args()
        .slice(1, args().indexOf('--polyswarmd-addr'))
        .filter((word) => !word.startsWith('--'))
        .join(' '),
    )
    expect(judged).toEqual(expected)
    expect(plans.arbiter?.args()).toContain('verbatim,eicar,url')
  },
)

it('has the ambassador post what is to be posted', async () => {
  const { ambassador } = await plansWithout()
  expect(ambassador?.args().join(' ')).toContain('--backend samples')
})
