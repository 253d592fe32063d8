import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { planArtifacts } from '../artifact-plan.ts'
import { DataDirectory } from '../data-directory.ts'
import type { MarketFile } from '../market-file.ts'
import { parseSettings } from '../settings.ts'
import { programPlans } from './program-plans.ts'

const FILE = { polyswarmd: 'http://127.0.0.1:31337', contracts: {}, accounts: {} } as unknown as MarketFile

async function plansWithout(...without: string[]) {
  const data = DataDirectory.open(mkdtempSync(join(tmpdir(), 'plans-')))
  onTestFinished(() => rmSync(data.root, { recursive: true }))
  const raw = { data: data.root, port: '0', chainPort: '0', blockTime: '0.2', engines: '3' }
  const settings = parseSettings({ ...raw, without })
  const artifacts = await planArtifacts(settings, 3)
  return programPlans({ data, file: FILE, settings, engines: [], artifacts, port: 1, consumerPort: 2 })
}

it('has a program for each role, but for those whose place somebody else takes', async () => {
  expect(Object.keys(await plansWithout())).toEqual(expect.arrayContaining(['arbiter', 'ambassador', 'consumer']))
  const left = await plansWithout('ambassador', 'arbiter')
  expect(left.ambassador).toBeUndefined()
  expect(left.arbiter).toBeUndefined()
})

it('has the ambassador post what is to be posted', async () => {
  const { ambassador } = await plansWithout()
  expect(ambassador?.args().join(' ')).toContain('--backend samples')
})
