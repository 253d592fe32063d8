import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Words that are names of variables by themselves: those of the original's programs, and those that nobody else uses. */
const KNOWN = [
  ...['BACKEND', 'CHAINS', 'KEYFILE', 'PASSWORD', 'TESTING'],
  ...['ALLOWANCE', 'CLAMD', 'DISTILLATION', 'JOURNAL', 'LIVENESS'],
]

it.each([
  ['ambassador', []],
  ['microengine', []],
  ['microengine', ['backtest']],
  ['microengine', ['journal']],
  ['microengine', ['worker']],
  ['microengine', ['serve-webhook']],
  ['ambassador', ['bounties']],
  ['account', ['send']],
  ['account', ['fund']],
  ['account', ['import']],
  ['balancemanager', ['deposit']],
  ['balancemanager', ['maintain']],
  ['verbatimdbgen', []],
  ['arbiter', []],
  ['arbiter', ['decide']],
  ['arbiter', ['truth']],
])('%s %j reads no variable that is set for something else on any machine, such as ONCE', (program, words) => {
  const script = fileURLToPath(new URL(`../../dist/bin/${program}.js`, import.meta.url))
  const { stdout } = spawnSync(process.execPath, [script, ...words, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '1000' },
  })
  const variables = [...stdout.matchAll(/env: ([A-Z0-9_]+)/g)].map(([, name = '']) => name)
  expect(variables.length).toBeGreaterThan(1)
  expect(variables.filter((name) => !name.includes('_') && !KNOWN.includes(name))).toEqual([])
})
