import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { gatewayOf } from './gateway-of.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-of-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function fileOf(text: string): string {
  const path = join(directory, 'market.json')
  writeFileSync(path, text)
  return path
}

const chosen = async (market: string | undefined, polyswarmdAddr?: string): Promise<string> =>
  (await gatewayOf({ market, polyswarmdAddr })).href

it('the flag comes first, then the market file, then the usual address', async () => {
  const market = fileOf('{"polyswarmd":"http://127.0.0.1:4711"}')
  expect(await chosen(market, 'polyswarmd:1234')).toBe('http://polyswarmd:1234/')
  expect(await chosen(market)).toBe('http://127.0.0.1:4711/')
  expect(await chosen(undefined)).toBe('http://localhost:31337/')
})

it.each(['{}', '{"polyswarmd":7}', '{"contracts":{}}'])(
  'a file that names none, %s, leaves the usual one',
  async (text) => {
    expect(await chosen(fileOf(text))).toBe('http://localhost:31337/')
  },
)

it('a file that is missing or broken, or names what is no address, is refused by its name', async () => {
  await expect(chosen(join(directory, 'none.json'))).rejects.toThrow(/market file .*none\.json: ENOENT/)
  await expect(chosen(fileOf('{'))).rejects.toThrow(/market\.json: it does not hold a JSON object/)
  await expect(chosen(fileOf('null'))).rejects.toThrow(/market\.json: it does not hold a JSON object/)
  await expect(chosen(fileOf('{"polyswarmd":"ftp://a"}'))).rejects.toThrow(/neither http nor https/)
})
