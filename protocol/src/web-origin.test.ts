import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foreignHeader, type ServedNames } from './web-origin.ts'

const strict: ServedNames = { hosts: ['daemon.example'], origins: ['https://board.example'], plainNames: false }
const network: ServedNames = { ...strict, plainNames: true }

test.each([
  ['127.0.0.1:31337', true, true],
  ['[::1]:31337', true, true],
  ['192.168.1.7', true, true],
  ['localhost', true, true],
  ['LOCALHOST.:31337', true, true],
  ['a.localhost:1', true, true],
  ['daemon.example:8080', true, true],
  ['Daemon.Example', true, true],
  ['polyswarmd:31337', false, true],
  ['rebound.example:31337', false, false],
  ['127.0.0.1.rebound.example', false, false],
  ['localhost.rebound.example', false, false],
  ['sub.daemon.example', false, false],
  ['', false, false],
  [':31337', false, false],
  ['[::1', false, false],
  ['a:b:c', false, false],
  ['user@localhost', false, true],
])('%s is a name of a server on loopback: %s; in a network: %s', (host, onLoopback, inNetwork) => {
  expect(foreignHeader({ host }, strict)).toBe(onLoopback ? null : 'host')
  expect(foreignHeader({ host }, network)).toBe(inNetwork ? null : 'host')
  expect(foreignHeader({ host }, { ...strict, hosts: ['*'] }) === null).toBe(
    !['', ':31337', '[::1', 'a:b:c'].includes(host),
  )
})

test.each([
  [{ origin: 'http://localhost:31337' }, null],
  [{ origin: 'https://localhost:31337' }, null],
  [{ origin: 'https://board.example' }, null],
  [{ origin: 'http://board.example' }, 'origin'],
  [{ origin: 'https://board.example.evil.example' }, 'origin'],
  [{ origin: 'http://localhost:3000' }, 'origin'],
  [{ origin: 'http://127.0.0.1:31337' }, 'origin'],
  [{ origin: 'null' }, 'origin'],
  [{ origin: '' }, 'origin'],
  [{ origin: 'file://localhost:31337' }, 'origin'],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'origin'],
  [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 'origin'],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, null],
  [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, null],
  [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, null],
  [{}, null],
] as const)('a request with %o is foreign by %s', (headers, by) => {
  expect(foreignHeader({ host: 'localhost:31337', ...headers }, strict)).toBe(by)
})

test('no name with a dot is served that is not configured, whatever it looks like', () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,12}$/)
  fc.assert(
    fc.property(label, fc.constantFrom('localhost', '127.0.0.1', 'daemon.example', '0x7f.1'), label, (a, part, b) => {
      expect(foreignHeader({ host: `${a}.${part}.${b}.example:31337` }, network)).toBe('host')
    }),
  )
})
