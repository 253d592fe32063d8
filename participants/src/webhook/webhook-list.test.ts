import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BackendError, WebhookListError } from '../errors.ts'
import { readWebhookList } from './webhook-list.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'webhooks-'))
})
afterAll(() => rm(directory, { recursive: true }))

const acme = { name: 'acme', url: 'https://acme.example/', secretFile: 'acme.secret', keyfile: 'acme.keyfile' }

async function read(content: string) {
  const path = join(directory, 'webhooks.json')
  await writeFile(path, content)
  return readWebhookList(path)
}

describe('a list of webhooks', () => {
  it('names files from where it is', async () => {
    const other = { ...acme, name: 'other', keyfile: '/keys/other', passwordFile: 'other.password' }
    expect(await read(JSON.stringify([acme, other]))).toEqual([
      { ...acme, secretFile: join(directory, 'acme.secret'), keyfile: join(directory, 'acme.keyfile') },
      {
        ...other,
        secretFile: join(directory, 'acme.secret'),
        passwordFile: join(directory, 'other.password'),
      },
    ])
  })

  it.each([
    ['no JSON', 'nonsense', /the list/],
    ['no array', '{}', /the list/],
    ['nobody', '[]', /the list/],
    ['one without a key', JSON.stringify([{ ...acme, keyfile: undefined }]), /0\.keyfile/],
    ['a name that is a path', JSON.stringify([{ ...acme, name: '../x' }]), /0\.name.*letters/],
    ['something that it does not know', JSON.stringify([{ ...acme, secret: 'x' }]), /secret/],
    ['a name twice', JSON.stringify([acme, { ...acme, keyfile: 'x' }]), /name acme is there twice/],
    ['an account twice', JSON.stringify([acme, { ...acme, name: 'x' }]), /keyfile .* is there twice/],
  ])('is refused with %s', async (_, content, reason) => {
    await expect(read(content)).rejects.toThrow(WebhookListError)
    await expect(read(content)).rejects.toThrow(reason)
  })

  it('is refused where it is not there, or has an address that is none', async () => {
    await expect(readWebhookList(join(directory, 'none.json'))).rejects.toThrow(WebhookListError)
    await expect(read(JSON.stringify([{ ...acme, url: 'ftp://x/' }]))).rejects.toThrow(BackendError)
  })

  it('never makes it throw anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await expect(read(text)).rejects.toThrow(WebhookListError)
      }),
      { numRuns: 50 },
    )
  })
})
