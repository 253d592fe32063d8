import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeKeystorePassword, createKeystoreFile, openKeystore, readPrivateKey } from '../runtime/keys/keystore.ts'
import { DENOMINATIONS, formatAmount, parseAmount } from './denomination.ts'
import { importedKey } from './imported-key.ts'
import { listKeystores } from './keystore-listing.ts'

/** The mnemonic that every development tool knows, and its first two accounts. */
const MNEMONIC = 'test test test test test test test test test test test junk'
const FIRST = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const SECOND = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const path = "m/44'/60'/0'/0/0"
const cost = 1024
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterEach(() => rm(directory, { recursive: true }))

const file = async (name: string, text: string) => {
  await writeFile(join(directory, name), text)
  return join(directory, name)
}

describe('keystore files', () => {
  it('are never overwritten, and what failed leaves nothing behind', async () => {
    const keyfile = await file('key.json', 'all that somebody has')
    await expect(createKeystoreFile({ path: keyfile, password: 'x', cost })).rejects.toThrow(/never overwritten/)
    expect(await readFile(keyfile, 'utf8')).toBe('all that somebody has')
    const nowhere = join(directory, 'none', 'key.json')
    await expect(createKeystoreFile({ path: nowhere, password: 'x', cost })).rejects.toThrow(/no such file/)
    expect(await readdir(directory)).toEqual(['key.json'])
  })

  it('get another password, and keep key and rights; a wrong one changes nothing', async () => {
    const keyfile = join(directory, 'key.json')
    const privateKey = generatePrivateKey()
    const address = await createKeystoreFile({ path: keyfile, password: 'old', cost, privateKey })
    const before = await readFile(keyfile, 'utf8')
    const change = (oldPassword: string) =>
      changeKeystorePassword({ path: keyfile, oldPassword, password: 'new', cost })
    await expect(change('wrong')).rejects.toThrow(/password is wrong/)
    expect(await readFile(keyfile, 'utf8')).toBe(before)
    expect(await change('old')).toBe(address)
    expect(await readPrivateKey(keyfile, 'new')).toBe(privateKey)
    await expect(openKeystore(keyfile, 'old')).rejects.toThrow(/password is wrong/)
    expect((await stat(keyfile)).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['key.json'])
  })

  it('are listed by name, and what is none is passed over', async () => {
    const a = await createKeystoreFile({ path: join(directory, 'b.json'), password: 'x', cost })
    const b = await createKeystoreFile({ path: join(directory, 'a.json'), password: 'x', cost })
    await file('README', 'not one of them')
    await file('large', `{"address":"${'0'.repeat(200_000)}"}`)
    await file('list.json', '[]')
    expect(await listKeystores(directory)).toEqual([
      { file: join(directory, 'a.json'), account: b },
      { file: join(directory, 'b.json'), account: a },
    ])
    await expect(listKeystores(join(directory, 'none'))).rejects.toThrow(/no such file/)
  })
})

describe('an imported key', () => {
  it('comes from a mnemonic, with the path that is given', async () => {
    const mnemonicFile = await file('words', `${MNEMONIC.replaceAll(' ', '  ')}\n`)
    expect(privateKeyToAddress(await importedKey({ mnemonicFile, path }))).toBe(FIRST)
    expect(privateKeyToAddress(await importedKey({ mnemonicFile, path: "m/44'/60'/0'/0/1" }))).toBe(SECOND)
    expect(privateKeyToAddress(await importedKey({ typed: async () => MNEMONIC.toUpperCase(), path }))).toBe(FIRST)
  })

  it('comes from a key, with or without 0x, or another keystore', async () => {
    const key = generatePrivateKey()
    expect(await importedKey({ privateKeyFile: await file('a', `${key}\n`), path })).toBe(key)
    expect(await importedKey({ privateKeyFile: await file('b', key.slice(2).toUpperCase()), path })).toBe(key)
    expect(await importedKey({ typed: async () => ` ${key}`, path })).toBe(key)
    const keystore = join(directory, 'key.json')
    await createKeystoreFile({ path: keystore, password: 'x', cost, privateKey: key })
    expect(await importedKey({ keystore: { file: keystore, password: async () => 'x' }, path })).toBe(key)
  })

  it.each([
    ['a word that is none', () => importedKey({ typed: async () => MNEMONIC.replace('junk', 'secretword'), path })],
    ['a checksum that is wrong', () => importedKey({ typed: async () => MNEMONIC.replace('junk', 'test'), path })],
    ['a key that is too short', () => importedKey({ typed: async () => '0xsecretword', path })],
    ['the key zero', () => importedKey({ typed: async () => '0'.repeat(64), path })],
    ['a key above the curve', () => importedKey({ typed: async () => 'f'.repeat(64), path })],
    ['a path that is none', () => importedKey({ typed: async () => MNEMONIC, path: 'm/secretword' })],
    ['nothing', () => importedKey({ path })],
  ])('is refused for %s, and not repeated', async (_what, imported) => {
    const refusal = await imported().catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_OPTION' })
    expect(String(refusal)).not.toMatch(/secretword|junk|f{64}/)
  })
})

describe('amounts', () => {
  it('read back what they write, in every denomination', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }), fc.constantFrom(...DENOMINATIONS), (units, unit) => {
        expect(parseAmount('AMOUNT', formatAmount(units, unit), unit)).toBe(units)
      }),
    )
  })

  it.each([
    ['0', 'nct'],
    ['-1', 'nct'],
    ['1e3', 'nct'],
    ['1.0000000000000000001', 'nct'],
    ['1.0000000001', 'nct-gwei'],
    ['1.5', 'nct-wei'],
    ['', 'nct'],
    ['9'.repeat(60), 'nct'],
    ['1,000', 'nct'],
  ] as const)('"%s" in %s is none', (text, unit) => {
    expect(() => parseAmount('AMOUNT', text, unit)).toThrow(/AMOUNT/)
  })
})
