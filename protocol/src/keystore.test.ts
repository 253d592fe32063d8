import * as Keystore from 'ox/Keystore'
import { privateKeyToAddress } from 'viem/accounts'
import { expect, test } from 'vitest'
import { decryptKeystore, encryptKeystore } from './keystore.ts'
import { runtimeScrypt, type ScryptParameters } from './runtime-crypto.ts'

// The two examples of the Web3 Secret Storage Definition.
const privateKey = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const pbkdf2 = {
  cipher: 'aes-128-ctr',
  cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
  ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
  kdf: 'pbkdf2',
  kdfparams: {
    c: 262144,
    dklen: 32,
    prf: 'hmac-sha256',
    salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
  },
  mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
}
const scrypt = {
  cipher: 'aes-128-ctr',
  cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
  ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
  kdf: 'scrypt',
  kdfparams: {
    dklen: 32,
    n: 262144,
    p: 8,
    r: 1,
    salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
  },
  mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
}
const prefixed = { ...pbkdf2, mac: `0x${pbkdf2.mac}`, ciphertext: `0x${pbkdf2.ciphertext}` }

test.each([
  ['pbkdf2', { version: 3, crypto: pbkdf2 }],
  ['scrypt', { version: 3, crypto: scrypt }],
  ['the spelling of old programs', { version: 3, Crypto: pbkdf2 }],
  ['digits that are marked as hexadecimal', { version: 3, crypto: prefixed }],
  ['more than is needed', { version: 3, crypto: pbkdf2, id: '3198bc9c', address: privateKeyToAddress(privateKey) }],
])('a keystore with %s opens with its password, and only with it', async (_kdf, content) => {
  const text = JSON.stringify(content)
  expect(await decryptKeystore('key.json', text, 'testpassword')).toBe(privateKey)
  const refusal = expect(decryptKeystore('key.json', text, 'Testpassword')).rejects
  await refusal.toThrow('Cannot use keystore file key.json: the password is wrong.')
})

test('what is locked here opens with its password, and the runtime makes the same key as JavaScript', async () => {
  const keystore = await encryptKeystore(privateKey, 'pässword', 1_024)
  expect(await decryptKeystore('key.json', JSON.stringify(keystore), 'pässword')).toBe(privateKey)
  const portable = await Keystore.toKeyAsync(keystore, { password: 'pässword' })
  const parameters = keystore.crypto.kdfparams as ScryptParameters
  expect(await runtimeScrypt('pässword', parameters)).toBe(typeof portable === 'function' ? portable() : portable)
  expect(runtimeScrypt('pässword', { ...parameters, n: 2 ** 16, r: 1 })).toBeUndefined()
})

const greedy = { ...scrypt, kdfparams: { ...scrypt.kdfparams, n: 2 ** 40 } }
const hungry = { ...scrypt, kdfparams: { ...scrypt.kdfparams, n: 2 ** 20, r: 16 } }

test.each([
  ['no JSON', 'x'],
  ['another version', JSON.stringify({ version: 1, crypto: pbkdf2 })],
  ['all the memory there is', JSON.stringify({ version: 3, crypto: hungry })],
  ['a work factor of an attacker', JSON.stringify({ version: 3, crypto: greedy })],
  ['another cipher', JSON.stringify({ version: 3, crypto: { ...pbkdf2, cipher: 'rot13' } })],
  ['no key', JSON.stringify({ version: 3 })],
])('%s is refused in one sentence', async (_what, text) => {
  const refusal = expect(decryptKeystore('key.json', text, 'testpassword')).rejects
  await refusal.toThrow('Cannot use keystore file key.json: it is no V3 keystore.')
})
