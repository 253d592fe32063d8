import { globSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { loadMicroengine, loadPart } from '../microengine/load-backend.ts'
import { addBackendOptions, backendSettings } from '../programs/backend-options.ts'
import { conformanceCases } from '../testing/conformance.ts'
import { SHIPPED_BACKENDS } from './shipped-backends.ts'

const quiet = { inform: () => undefined, warn: () => undefined }

describe.each(SHIPPED_BACKENDS.filter(({ needs }) => needs === undefined))(
  '$name keeps the rules of backends:',
  (backend) => {
    const { judges: artifactType = 'file', knowsEicar = false, make } = backend
    const tools = { ...quiet, make: async () => Promise.reject(new Error('It is made of no other.')) }
    it.each(conformanceCases({ make: () => make({}, tools), knowsEicar, artifactType }))('$title', ({ run }) => run())
  },
)

describe('several as one keep them, too:', () => {
  const make = async () => {
    const part = await loadPart('multi:eicar+yara+entropy', {})
    if (typeof part === 'function') throw new TypeError('It is an engine.')
    return part
  }
  it.each(conformanceCases({ make, knowsEicar: true }))('$title', ({ run }) => run())
})

it.each(SHIPPED_BACKENDS.filter(({ needs, name }) => needs !== undefined && name !== 'multi'))(
  '$name, which needs $needs, is held to them by a test of its own',
  ({ name }) => {
    const tests = globSync(`${name}/*.test.ts`, { cwd: import.meta.dirname })
    const texts = tests.map((path) => readFileSync(`${import.meta.dirname}/${path}`, 'utf8'))
    expect(texts.filter((text) => text.includes('conformanceCases({'))).not.toHaveLength(0)
  },
)

it('the documentation has the table of all backends and their flags, as their definitions say it', () => {
  const text = readFileSync(new URL('../../../docs/participants.md', import.meta.url), 'utf8')
  const page = text.slice(text.indexOf('## Backends'), text.indexOf('YARA rules are read'))
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|([^|]*)\|$/gm)].map(
    ([, name, looksWith, flags = '']) => ({
      name,
      looksWith,
      flags: [...flags.matchAll(/`([^`]+)`/g)].map(([, flag]) => flag),
    }),
  )
  expect(rows).toEqual(
    SHIPPED_BACKENDS.map(({ name, looksWith, options }) => ({
      name,
      looksWith,
      flags: Object.values(options).map(({ flags }) => flags.split(' ', 1)[0]),
    })),
  )
})

it('every setting has a flag and an environment variable of its own, which reach the backend', () => {
  const command = addBackendOptions(new Command())
  const settings = SHIPPED_BACKENDS.flatMap(({ options }) => Object.entries(options))
  for (const [name, { flags, variable }] of settings) {
    const option = command.options.find((made) => made.flags === flags)
    expect(option?.attributeName()).toBe(name)
    expect(option?.envVar).toBe(variable)
  }
  expect(new Set(settings.map(([, { variable }]) => variable)).size).toBe(settings.length)
  const given = ['--rules', 'mine', '--clamd-max-size', '7', '--command-read', 'a,b', '--command-network']
  command.parse(given, { from: 'user' })
  const read = backendSettings(command.opts(), quiet)
  expect(read).toMatchObject({ rules: 'mine', clamdMaxSize: 7, commandRead: ['a', 'b'], commandNetwork: true })
  expect(read).toMatchObject({ yara: 'auto', commandAnswer: 'exit-code', scanTimeLimit: 30_000 })
})

it('a number that is none is refused by the name of its flag', () => {
  const command = addBackendOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  expect(() => command.parse(['--clamd-max-size', '1e3'], { from: 'user' })).toThrow(/--clamd-max-size.*whole number/)
})

it('a name that is none of them is refused, also as a part of several', async () => {
  await expect(loadMicroengine(['multi:eicar+nothing'], {})).rejects.toThrow(/nothing is not a shipped backend/)
  await expect(loadMicroengine(['multi:multi'], {})).rejects.toThrow(/multi is not a shipped backend/)
})
