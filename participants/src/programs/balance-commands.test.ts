import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestAccount, TestMarket } from '../market.fixture.ts'
import { crossingCommands } from './balance-crossing.ts'
import { maintainCommand } from './balance-maintain.ts'
import { balanceStakeCommands } from './balance-stake.ts'
import { balanceViewCommands } from './balance-view.ts'

const commands = () => [...crossingCommands(), ...balanceStakeCommands(), maintainCommand(), ...balanceViewCommands()]
let market: TestMarket
beforeAll(async () => {
  market = await TestMarket.start()
})
afterAll(() => market.stop())

/** Runs `balancemanager …` for an account, and returns what it printed. */
async function balancemanager({ keyfile }: TestAccount, name: string, ...words: string[]): Promise<string> {
  const found = commands().find(({ command }) => command.name() === name)
  if (!found) throw new TypeError(`there is no command ${name}`)
  const { command, action } = found
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const signs = command.options.some(({ long }) => long === '--journal')
  const keys = signs ? ['--password', 'correct horse', '--journal', join(market.directory, `${keyfile}.${name}`)] : []
  const common = ['--polyswarmd-addr', market.url, '--keyfile', keyfile, ...keys]
  try {
    command.exitOverride().configureOutput({ writeErr: () => undefined })
    await command
      .action(async () => void (await action(new AbortController().signal)))
      .parseAsync([...words, ...common], { from: 'user' })
    return printed.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    printed.mockRestore()
  }
}

test.each([
  ['deposit', [], /AMOUNT: it is missing: give it, or --all/],
  ['deposit', ['5', '--all'], /not both/],
  ['deposit', ['0'], /no amount/],
  ['deposit', ['-5'], /no amount/],
  ['withdraw', ['1e3'], /no amount/],
  ['withdraw', ['1.5', '--denomination', 'nct-wei'], /no decimal places/],
  ['withdraw', ['1', '--denomination', 'eth'], /Allowed choices/],
  ['withdraw', ['1'], /side chain of this market has no relay/],
  ['deposit', ['1'], /has no home chain/],
  ['deposit-stake', ['1', '--chain', 'moon'], /Allowed choices/],
  ['deposit-stake', ['9999999'], /the stake would be 9999999 NCT, and has to be from 10000000 to 100000000 NCT/],
  ['deposit-stake', ['100000001'], /has to be from/],
  ['withdraw-stake', ['1'], /of the stake 0 NCT can be taken back now/],
  ['withdraw-stake', ['--all'], /nothing to move/],
  ['maintain', ['5'], /missing required argument/],
  ['maintain', ['5', '0'], /REFILL_AMOUNT/],
  ['maintain', ['5', '5', '--maximum', '50'], /--withdraw-target/],
  ['maintain', ['5', '5', '--withdraw-target', '50'], /--maximum/],
  ['maintain', ['5', '5', '--maximum', '7', '--withdraw-target', '6'], /withdrawn again/],
  ['maintain', ['5', '5', '--confirmations', 'many'], /whole number/],
  ['maintain', ['5', '5', '--alert-webhook', 'ftp://here'], /http or https/],
  ['maintain', ['5', '5', '--alert-webhook', 'http://here'], /--alert-secret-file/],
  ['view-balance', ['moon'], /Allowed choices/],
  ['view-balance', ['home'], /has no home chain/],
] as const)('%s %j is refused with a sentence that says why, and nothing is sent', async (name, words, reason) => {
  const account = market.accounts.rival
  const before = await market.node.getBlockNumber({ cacheTime: 0 })
  // Commander's sentence is on standard error, and its error has another form.
  const refusal = await balancemanager(account, name, ...words).catch((error: Error) => error.message)
  expect(refusal).toMatch(reason)
  expect(await market.node.getBlockNumber({ cacheTime: 0 })).toBe(before)
})

test('stakes and balances are exact, in every unit', async () => {
  const { arbiter } = market.accounts
  expect(await balancemanager(arbiter, 'deposit-stake', '10000000000000001', '--denomination', 'nct-gwei')).toMatch(
    /^done: /,
  )
  expect(await balancemanager(arbiter, 'view-stake', 'side')).toBe('10000000.000000001 nct\n')
  expect(await balancemanager(arbiter, 'view-balance', 'side', '--denomination', 'nct-wei')).toBe(
    '999999999000000000 nct-wei\n',
  )
  await market.chain.mine(101)
  expect(await balancemanager(arbiter, 'withdraw-stake', '--all')).toMatch(/take 10000000.000000001 NCT of stake back/)
  expect(await balancemanager(arbiter, 'view-stake', 'side')).toBe('0 nct\n')
  expect(await balancemanager(arbiter, 'view-balance', 'side')).toBe('10000001 nct\n')
})
