import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newGuid, PolySwarmError } from '@polyswarm/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hostileJson, hostileObject } from '../../../test/support/hostile-json.ts'
import { PolyswarmdClient } from './polyswarmd-client.ts'

let server: Server
let client: PolyswarmdClient
let answer = ''

beforeEach(async () => {
  server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = new PolyswarmdClient({
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    account: `0x${'a'.repeat(40)}`,
    chain: 'side',
    retry: { tries: 1, firstDelay: 0, maxDelay: 0 },
  })
})

afterEach(() => {
  client.close()
  server.close()
  server.closeAllConnections()
})

const guid = newGuid()
const hash = `0x${'0'.repeat(64)}` as const

/** Every question that a participant asks. */
const QUESTIONS: (() => Promise<unknown>)[] = [
  () => client.status(),
  () => client.contracts(),
  () => client.bountyParameters(),
  () => client.stakingParameters(),
  () => client.nonce(),
  () => client.balance('nct'),
  () => client.bounty(guid),
  () => client.bountyTerms(guid),
  () => client.assertions(guid),
  () => client.votes(guid),
  () => client.settlements(guid),
  () => client.bloom(guid),
  () => client.artifacts('Qm'),
  () => client.uploadMetadata([]),
  () => client.quote([]),
  () => client.sendTransactions([hash]),
  () => client.transactionEvents([hash]),
]

const entry = hostileObject({
  guid: `"${guid}"`,
  author: `"0x${'b'.repeat(40)}"`,
  amount: '"1"',
  mask: '[true]',
  verdicts: '[null]',
  votes: '[true]',
  num_artifacts: '1',
  metadata: '[]',
})
const result = fc.oneof(
  hostileJson,
  entry,
  fc.array(entry, { maxLength: 3 }).map((all) => `[${all.join()}]`),
)
const answers = fc.oneof(
  { weight: 1, arbitrary: hostileJson },
  { weight: 6, arbitrary: result.map((text) => `{"status":"OK","result":${text}}`) },
  { weight: 2, arbitrary: result.map((text) => `{"status":"FAIL","errors":${text}}`) },
)

it('an answer is what its schema says, or an error that has a class of its own', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom(...QUESTIONS), async (text, ask) => {
      answer = text
      await ask().catch((error: unknown) => expect(error).toBeInstanceOf(PolySwarmError))
    }),
    { numRuns: 300, endOnFailure: true },
  )
})
