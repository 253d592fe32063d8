import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { sampleBounties, TruthDatabase } from '@polyswarm/participants/runtime'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { planArtifacts } from './artifact-plan.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'artifact-plan-'))
})
afterEach(() => rm(directory, { recursive: true }))

it('takes a file for malicious as an eicar engine would, archives opened, or by its folder', async () => {
  const eicar = sampleBounties().find(({ name }) => name === 'eicar')?.artifacts[0]?.content ?? new Uint8Array()
  const files: [string, Uint8Array, 'malicious' | 'benign'][] = [
    ['eicar.com', eicar, 'malicious'],
    ['eicar.gz', gzipSync(gzipSync(eicar)), 'malicious'],
    ['letter.txt', Buffer.from('a letter'), 'benign'],
    ['letter.gz', gzipSync('a letter'), 'benign'],
    ['malicious/strange', Buffer.from('LZIP\x01, and no word of what is in it'), 'malicious'],
    ['closed', Buffer.from('LZIP\x01, and nobody says what it is'), 'benign'],
  ]
  const posted = join(directory, 'posted')
  await mkdir(join(posted, 'malicious'), { recursive: true })
  for (const [name, content] of files) await writeFile(join(posted, name), content)
  const plan = await planArtifacts({ artifacts: posted, blockTime: 0.2 }, 3)
  expect(plan).toMatchObject({ bounties: 1, unseen: [join(posted, 'closed')] })
  const database = join(directory, 'truth.db')
  plan.writeTruth(database)
  const truth = TruthDatabase.open(database)
  const found = files.map(([name, content]) => [name, truth.lookUp(createHash('sha256').update(content).digest('hex'))])
  truth.close()
  expect(found).toEqual(files.map(([name, , expected]) => [name, expected]))
})

it('refuses a directory without files', async () => {
  await expect(planArtifacts({ artifacts: directory, blockTime: 0.2 }, 3)).rejects.toThrow(
    /no file that can be posted\.$/,
  )
})

it('names what is left out, and what a directory holds instead of files to post', async () => {
  await writeFile(join(directory, 'void'), '')
  await expect(planArtifacts({ artifacts: directory, blockTime: 0.2 }, 3)).rejects.toThrow(
    /can be posted \(\S+void: empty\)/,
  )
  await writeFile(join(directory, 'letter.txt'), 'a letter')
  const { artifacts, leftOut } = await planArtifacts({ artifacts: directory, blockTime: 0.2 }, 3)
  expect(artifacts).toBe(1)
  expect(leftOut).toEqual([{ path: join(directory, 'void'), reason: 'empty' }])
})
