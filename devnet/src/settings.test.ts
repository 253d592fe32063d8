import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseSettings } from './settings.ts'

const FILE = fileURLToPath(new URL('../../examples/my-eicar.ts', import.meta.url))
const plain = { data: 'data', port: '0', chainPort: '0', blockTime: '0.2', engines: '3' }

describe('engines of the reader', () => {
  it('go by the name of their file, or by one that is given', () => {
    const { guests, engines } = parseSettings({ ...plain, engines: '0', engine: [FILE, `other=${FILE}`] })
    expect(engines).toBe(0)
    expect(guests).toEqual([
      { name: 'my-eicar', file: FILE },
      { name: 'other', file: FILE },
    ])
  })

  it.each(['arbiter', 'chain', '..', 'A', '', 'x'.repeat(41)])('cannot be named %j', (name) => {
    expect(() => parseSettings({ ...plain, engine: [`${name}=${FILE}`] })).toThrow('--engine')
  })

  it('need a file that is there, and a name of their own', () => {
    expect(() => parseSettings({ ...plain, engine: ['no-such-file.ts'] })).toThrow('a file that is there')
    expect(() => parseSettings({ ...plain, engine: [`eicar=${FILE}`] })).toThrow('a name of its own')
    expect(() => parseSettings({ ...plain, engine: [FILE, FILE] })).toThrow('a name of its own')
  })
})

it('leaves out only what can be replaced', () => {
  expect(parseSettings({ ...plain, without: ['arbiter'] }).without).toEqual(['arbiter'])
  expect(() => parseSettings({ ...plain, without: ['polyswarmd'] })).toThrow('one of arbiter, ambassador')
  expect(() => parseSettings({ ...plain, api2018Port: '65536' })).toThrow('--api-2018-port')
})

it('refuses what has no meaning together', () => {
  expect(() => parseSettings({ ...plain, watch: true })).toThrow('--watch')
  expect(() => parseSettings({ ...plain, engine: [FILE], check: 'npm test' })).toThrow('--watch')
  expect(() => parseSettings({ ...plain, every: '5', once: true })).toThrow('--once')
  expect(() => parseSettings({ ...plain, without: ['ambassador'], once: true })).toThrow('it without --once')
  expect(() => parseSettings({ ...plain, engines: '0' })).toThrow('--engines')
  expect(() => parseSettings({ ...plain, manual: true, without: ['arbiter'] })).toThrow('--manual')
  expect(() => parseSettings({ ...plain, urls: 'urls.txt', artifacts: 'files' })).toThrow('without --artifacts')
})
