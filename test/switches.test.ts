import { spawnSync } from 'node:child_process'
import { Command, Option } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readSwitches } from '../protocol/src/switches.ts'
import { ROOT } from './support/source-files.ts'

/** What a program makes of a variable of an option without a value, and of one that has a value. */
function given(value: string): { network: boolean; name: string } {
  const subcommand = new Command('scan')
    .addOption(new Option('--network').env('NETWORK').default(false))
    .addOption(new Option('--name <name>').env('NAME'))
    .action(() => undefined)
  const program = new Command('engine').addCommand(subcommand)
  vi.stubEnv('NETWORK', value)
  vi.stubEnv('NAME', 'false')
  readSwitches(program)
  program.parse(['scan'], { from: 'user' })
  return subcommand.opts()
}

afterEach(() => void vi.unstubAllEnvs())

describe('the variable of an option without a value', () => {
  it.each(['true', 'True', '1', 'yes', 'on', ' y '])('turns it on with "%s"', (value) => {
    expect(given(value)).toEqual({ network: true, name: 'false' })
  })

  it.each(['false', 'FALSE', '0', 'no', 'off', ''])('leaves it off with "%s"', (value) => {
    expect(given(value)).toEqual({ network: false, name: 'false' })
  })

  it('is refused with anything else', () => {
    expect(() => given('perhaps')).toThrow(/NETWORK is "perhaps": give true or false\./)
  })

  it.each([
    ['participants/dist/bin/microengine.js', ['scan', '.'], 'SCAN_COMMAND_NETWORK'],
    ['participants/dist/bin/ambassador.js', [], 'POLYSWARM_ONCE'],
    ['consumer/dist/bin/consumer.js', [], 'REQUIRE_KEYS'],
    ['devnet/dist/bin/market.js', [], 'MARKET_ONCE'],
    [
      'polyswarmd/dist/bin/polyswarmd.js',
      ['deploy', '--keyfile', 'key', '--rpc-url', 'http://localhost'],
      'POLYSWARMD_DRY_RUN',
    ],
    ['polyswarm-cli/dist/bin/polyswarm.js', ['engines'], 'ALLOW_KEY_OVER_HTTP'],
  ])('%s %j does not take %s for yes, whatever it says', (program, words, variable) => {
    const env = { ...process.env, [variable]: 'perhaps' }
    const { status, stderr } = spawnSync(process.execPath, [program, ...words], { cwd: ROOT, env, encoding: 'utf8' })
    expect(stderr).toContain(`${variable} is "perhaps": give true or false.`)
    expect(status).not.toBe(0)
  })

  it('is no answer of a program whose status says what was found', () => {
    const env = { ...process.env, SCAN_COMMAND_NETWORK: 'perhaps' }
    const { status } = spawnSync(process.execPath, ['participants/dist/bin/microengine.js', 'scan', '.'], {
      cwd: ROOT,
      env,
    })
    const wrong = spawnSync(process.execPath, ['participants/dist/bin/microengine.js', 'scan', '--wrong'], {
      cwd: ROOT,
    })
    expect(status).toBe(wrong.status)
  })

  it('does not keep anybody from asking for help', () => {
    const env = { ...process.env, SCAN_COMMAND_NETWORK: 'perhaps' }
    const args = ['participants/dist/bin/microengine.js', 'journal', '--help']
    expect(spawnSync(process.execPath, args, { cwd: ROOT, env }).status).toBe(0)
  })
})
