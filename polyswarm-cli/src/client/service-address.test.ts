import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serviceAddress } from './service-address.ts'

let marketData: string
beforeAll(() => {
  marketData = mkdtempSync(join(tmpdir(), 'market-'))
})
afterAll(() => rmSync(marketData, { recursive: true }))

const marketFile = (content: string): void => writeFileSync(join(marketData, 'market.json'), content)
const address = (settings: Partial<Parameters<typeof serviceAddress>[0]> = {}): string =>
  serviceAddress({ allowKeyOverHttp: false, marketData, ...settings }).href

it('is that of the market on this machine where none is named', () => {
  marketFile('{"polyswarmd":"http://127.0.0.1:31337","consumerApi":"http://127.0.0.1:9696/v3/"}')
  expect(address()).toBe('http://127.0.0.1:9696/v3')
  expect(address({ apiUri: 'https://api.example/v3' })).toBe('https://api.example/v3')
})

it('is never taken from a market file that names another machine: it may have come with a directory of a stranger', () => {
  for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.7', 'localhost.example', '[::ffff:1.2.3.4]']) {
    marketFile(`{"consumerApi":"http://${host}/v3"}`)
    expect(() => address()).toThrow(/may only name a service on this machine/)
  }
})

it('is missed in one sentence', () => {
  marketFile('{"polyswarmd":"http://127.0.0.1:31337"}')
  expect(() => address()).toThrow(/There is no service to ask: .*npm start/)
  expect(() => address({ marketData: join(marketData, 'nowhere') })).toThrow(/There is no service to ask/)
  marketFile('{')
  expect(() => address()).toThrow(/is no market file/)
  marketFile('{"consumerApi":7}')
  expect(() => address()).toThrow(/is no market file/)
})

it.skipIf(process.platform === 'win32')('does not wait for who writes into a pipe of that name', () => {
  rmSync(join(marketData, 'market.json'))
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(marketData, 'market.json')])
  expect(() => address()).toThrow(/There is no service to ask/)
})

it.each([
  ['api.example', /give a URL such as/],
  ['ftp://api.example/', /neither http nor https/],
  ['https://me:secret@api.example/', /"…" cannot be used .* a password in a URL ends up in logs/],
  ['https://api.example/v3?x=1', /neither \? nor #/],
])('is refused where it is none: %s', (apiUri, expected) => {
  expect(() => address({ apiUri })).toThrow(expected)
})

it('lets no key travel unencrypted to another machine unless told to', () => {
  const apiUri = 'http://api.example/v3'
  expect(address({ apiUri })).toBe(apiUri)
  expect(() => address({ apiUri, apiKey: 'k' })).toThrow(/would be sent to http:\/\/api\.example unencrypted/)
  expect(address({ apiUri, apiKey: 'k', allowKeyOverHttp: true })).toBe(apiUri)
  expect(address({ apiUri: 'http://localhost:1/v3', apiKey: 'k' })).toBe('http://localhost:1/v3')
})
