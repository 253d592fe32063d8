import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeystoreError } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
