import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KuboNode, kuboSkipped } from '../../../polyswarmd/test/kubo-node.ts'
import { VerifiedArchive } from './verified-archive.ts'

const CAR = 'application/vnd.ipld.car; version=1; order=dfs; dups=y'
const limits = { maxArtifacts: 256, maxBytes: 10_000_000 }
const contents = ['first', 'x'.repeat(900_000), 'first', 'last'].map((text) => Buffer.from(text))

describe.skipIf(kuboSkipped !== '')(`an archive from the gateway of a real Kubo node${kuboSkipped}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'kubo-gateway-'))
  let node: KuboNode
  beforeAll(async () => {
    const files = join(directory, 'files')
    mkdirSync(files)
    for (const [index, content] of contents.entries()) writeFileSync(join(files, `00000${index}`), content)
    node = await KuboNode.start()
  })
  afterAll(async () => {
    await node?.stop()
    rmSync(directory, { recursive: true })
  })

  it.each([
    ['as polyswarmd adds files', ['--cid-version=0', '--raw-leaves=false']],
    ['as Kubo does now', ['--cid-version=1', '--raw-leaves=true', '--chunker=size-1048576']],
    ['as a tree of another shape', ['--cid-version=1', '--trickle', '--chunker=size-4096']],
  ])('is verified and read, %s', async (_, options) => {
    const uri = node.run('add', '--quieter', '--recursive', ...options, join(directory, 'files')).trim()
    for (const wanted of [undefined, new Set([1, 3])]) {
      const response = await fetch(`${node.gatewayUrl}/ipfs/${uri}?format=car`, { headers: { accept: CAR } })
      const { body, status } = response
      if (!body) throw new Error(`the gateway answered ${status}`)
      const archive = await VerifiedArchive.open(body, CID.parse(uri), { ...limits, wanted })
      const expected = contents
        .map((bytes, index) => ({ index, bytes }))
        .filter(({ index }) => wanted?.has(index) ?? true)
      expect(await Array.fromAsync(archive.artifacts())).toEqual(expected)
      expect(archive.entries.map(({ name }) => name)).toEqual(['000000', '000001', '000002', '000003'])
    }
  })
})
