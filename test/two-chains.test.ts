import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { MarketFile } from '@polyswarm/devnet'
import { nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { chromium } from 'playwright-core'
import { type Address, createPublicClient, http } from 'viem'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { CHROMIUM } from './page/page-market.ts'
import { ROOT } from './support/markdown.ts'
import { startMarketProcess } from './support/market-process.ts'

const run = promisify(execFile)
let folder: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'two-chains-'))
  data = join(folder, 'data')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `balancemanager` for the guest's account. */
async function balancemanager(...words: string[]): Promise<string> {
  const file = join(data, 'market.json')
  const { polyswarmd, accounts } = JSON.parse(readFileSync(file, 'utf8')) as MarketFile
  const { keyfile = '', passwordFile = '' } = accounts.guest ?? {}
  const program = join(ROOT, 'participants/dist/bin/balancemanager.js')
  const keys = [
    '--keyfile',
    keyfile,
    ...(words[0]?.startsWith('view') ? [] : ['--password-file', passwordFile, '--market', file]),
  ]
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') }
  const { stdout } = await run(process.execPath, [program, ...words, '--polyswarmd-addr', polyswarmd, ...keys], { env })
  return stdout
}

/** What the relays of both chains hold. */
async function reserves(): Promise<bigint> {
  const { chainRpc, contracts, home } = JSON.parse(readFileSync(join(data, 'market.json'), 'utf8')) as MarketFile
  const held = (rpc: string, { NectarToken, ERC20Relay }: MarketFile['contracts']) =>
    createPublicClient({ transport: http(rpc) }).readContract({
      address: NectarToken as Address,
      abi: nectarTokenAbi,
      functionName: 'balanceOf',
      args: [ERC20Relay as Address],
    })
  return (await held(chainRpc, contracts)) + (await held(home?.chainRpc ?? '', home?.contracts ?? {}))
}

/** Checks what the page says that the guest has on both chains. */
async function expectOnPage(balances: Record<'Home' | 'Side', string>): Promise<void> {
  const { dashboard, accounts } = JSON.parse(readFileSync(join(data, 'market.json'), 'utf8')) as MarketFile
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`${dashboard}/money?account=${accounts.guest?.address}`)
  for (const [chain, balance] of Object.entries(balances)) {
    await page.getByRole('region', { name: chain }).getByText(balance).waitFor()
  }
}

test('with --two-chains, what is deposited and withdrawn arrives, also when a verifier crashes', async () => {
  const args = ['--two-chains', '--engines', '1', '--without', 'arbiter', '--block-time', '0.1', '--page-port', '0']
  const market = startMarketProcess(data, args)
  await market.line(/The market is open/)
  await market.line(/home chain http/)
  expect(await balancemanager('deposit', '12.5', '--wait')).toMatch(/arrived on the side chain/)
  expect(await balancemanager('view-balance', 'side')).toBe('100012.5 nct\n')
  // A verifier that crashes is started again; two of three are enough meanwhile.
  market.killProgram('verifier-1')
  expect(await balancemanager('withdraw', '2000000000', '--denomination', 'nct-gwei', '--wait')).toMatch(/arrived/)
  expect(await balancemanager('view-balance', 'home')).toBe('99989.5 nct\n')
  await expectOnPage({ Home: '99\u202f989.5 NCT', Side: '100\u202f010.5 NCT' })
  // What one takes in, the other pays out.
  expect(await reserves()).toBe(parseNct('1885913075.851542181982426285'))
}, 240_000)
