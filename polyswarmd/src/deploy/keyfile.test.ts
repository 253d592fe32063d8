import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { openKeyfile } from './keyfile.ts'

const file = join(mkdtempSync(join(tmpdir(), 'keyfile-')), 'keyfile')
const write = (content: unknown) => writeFileSync(file, JSON.stringify(content))

// The two examples of the Web3 Secret Storage Definition.
const { address } = privateKeyToAccount('0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d')
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

test.each([
  ['pbkdf2', { version: 3, crypto: pbkdf2 }],
  ['scrypt', { version: 3, crypto: scrypt }],
  ['scrypt, in the spelling of old programs', { version: 3, Crypto: scrypt }],
])('a keyfile with %s opens with its password, and only with it', (_kdf, content) => {
  write(content)
  expect(openKeyfile(file, 'testpassword').address).toBe(address)
  expect(() => openKeyfile(file, 'Testpassword')).toThrow('the password is wrong')
})

test.each([
  ['no JSON', 'x'],
  ['another version', { version: 1, crypto: pbkdf2 }],
  [
    'a work factor of an attacker',
    { version: 3, crypto: { ...scrypt, kdfparams: { ...scrypt.kdfparams, n: 2 ** 40 } } },
  ],
  ['no key', { version: 3 }],
])('%s is refused in one sentence', (_what, content) => {
  write(content)
  expect(() => openKeyfile(file, 'testpassword')).toThrow(/^Keyfile .* cannot be opened: /)
})
