import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeystoreError } from '../errors.ts'
import { createKeystoreFile, openKeystore } from './keystore.ts'
import { findPassword } from './password.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystore-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

describe('keystore files', () => {
  it('open with their password, and only for their owner', async () => {
    const path = join(directory, 'key.json')
    const address = await createKeystoreFile({ path, password: 'secret', cost: 1024 })
    expect((await openKeystore(path, 'secret')).address).toBe(address)
    expect((await stat(path)).mode & 0o077).toBe(0)
  })

  it('say what is wrong with them, and never the password', async () => {
    const path = join(directory, 'key.json')
    await createKeystoreFile({ path, password: 'secret', cost: 1024 })
    await expect(openKeystore(path, 'wrong one')).rejects.toThrow(/the password is wrong/)
    await expect(openKeystore(path, 'wrong one')).rejects.not.toThrow(/wrong one/)
    await expect(openKeystore(join(directory, 'none'), '')).rejects.toThrow(/does not exist/)
    await writeFile(path, 'no JSON')
    await expect(openKeystore(path, 'secret')).rejects.toThrow(KeystoreError)
  })

  it('are refused when they would take all memory', async () => {
    const path = join(directory, 'key.json')
    await createKeystoreFile({ path, password: 'secret', cost: 1024 })
    const greedy = (await readFile(path, 'utf8')).replace('"n":1024', '"n":1073741824')
    await writeFile(path, greedy)
    await expect(openKeystore(path, 'secret')).rejects.toThrow(/no V3 keystore/)
  })

  it('open where geth wrote them with pbkdf2', async () => {
    const path = join(directory, 'geth.json')
    // The test vector of the Web3 Secret Storage definition.
    const crypto = {
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
    await writeFile(path, JSON.stringify({ crypto, id: '3198bc9c-6672-5ab3-d995-4942343ae5b6', version: 3 }))
    expect((await openKeystore(path, 'testpassword')).address).toBe('0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b')
  })
})

describe('findPassword', () => {
  it('reads a file without its last newline', async () => {
    const passwordFile = join(directory, 'password')
    await writeFile(passwordFile, 'with blanks \n')
    expect(await findPassword({ passwordFile })).toBe('with blanks ')
  })

  it('asks for one where there is none', async () => {
    await expect(findPassword({})).rejects.toThrow(/--password-file/)
  })
})
