import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Microengine } from '../../microengine/microengine.ts'
import { conformanceCases } from '../../testing/conformance.ts'
import { AddressGuard } from '../../webhook/address-guard.ts'
import { WebhookSecret } from '../../webhook/webhook-secret.ts'
import { WebhookService } from '../../webhook/webhook-service.ts'
import { WebhookWork } from '../../webhook/webhook-work.ts'
import { eicarBackend } from '../eicar/eicar-backend.ts'
import { WebhookBackend } from './webhook-backend.ts'

let directory: string
let secretFile: string
let service: WebhookService
let work: WebhookWork
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'webhook-'))
  secretFile = join(directory, 'secret')
  await writeFile(secretFile, 'qwertyuiop\n')
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  work = new WebhookWork({
    engine: new Microengine({ name: 'own', backends: [eicarBackend()], artifacts: ['file', 'url'] }),
    strategy: 'default',
    guard: new AddressGuard(['127.0.0.1']),
    maxArtifactSize: MAX_ARTIFACT_SIZE,
    concurrency: 16,
    logger: quiet,
  })
  const secret = await WebhookSecret.read(secretFile)
  service = await WebhookService.start({ secret, host: '127.0.0.1', port: 0, accept: (bounty) => work.accept(bounty) })
})
afterAll(async () => {
  await Promise.all([service.stop(), work.idle()])
  await rm(directory, { recursive: true })
})

describe('the webhook backend', () => {
  const make = () => new WebhookBackend({ url: service.url, secretFile })
  for (const { title, run } of conformanceCases({ make, knowsEicar: true })) it(title, run)

  it('cannot be used without an address, a secret, or a place to listen', async () => {
    expect(() => new WebhookBackend({ url: 'ftp://x/', secretFile })).toThrow(/http/)
    const missing = new WebhookBackend({ url: service.url, secretFile: join(directory, 'none') })
    await expect(missing.setup()).rejects.toThrow(/secret/)
    const nowhere = new WebhookBackend({ url: service.url, secretFile, listen: 'nowhere' })
    await expect(nowhere.setup()).rejects.toThrow(/host:port/)
  })
})
