import { bountyRegistryAbi } from '@polyswarm/protocol'
import fc from 'fast-check'
import { type Hex, toEventSelector } from 'viem'
import { expect, test } from 'vitest'
import { hostileJson, hostileObject } from '../../test/support/hostile-json.ts'
import type { ArtifactStore } from '../src/artifacts/artifact-store.ts'
import { MetadataDocuments } from '../src/artifacts/metadata-documents.ts'
import { decodeRegistryLog } from '../src/chain/decode-log.ts'
import { Ledger } from '../src/ledger/ledger.ts'
import { EventWriter } from '../src/stream/event-text.ts'

const settings = { numRuns: 300, endOnFailure: true }
const ADDRESS = 'QmYNmQKp6SuaVrpgWRsPTgCQCnpxUYGq76YEKBXuj2N4H6'

/** A store that holds one document under every address. */
function storeOf(text: string): ArtifactStore {
  const bytes = Buffer.from(text)
  const read = async () => ({
    size: bytes.length,
    bytes: (async function* () {
      yield bytes
    })(),
  })
  return { read } as unknown as ArtifactStore
}

const documents = fc.oneof(
  hostileJson,
  hostileObject({ mimetype: '"x"', filename: '"a"', filesize: '1' }).map((entry) => `[${entry}]`),
)

test('an event is written whatever document it names', { timeout: 120_000 }, async () => {
  const bountyRegistry = `0x${'1'.repeat(40)}` as const
  const ledger = Ledger.open(':memory:', { chainId: 1, bountyRegistry, genesisHash: `0x${'0'.repeat(64)}` })
  await fc.assert(
    fc.asyncProperty(documents, async (text) => {
      const writer = new EventWriter(ledger, new MetadataDocuments(storeOf(text)))
      const data = `{"guid":"x","metadata":"${ADDRESS}"}`
      const entry = { position: 1, blockNumber: 1, event: 'bounty', data, txhash: `0x${'0'.repeat(64)}` as Hex }
      const { withCursor } = await writer.write(entry as Parameters<typeof writer.write>[0])
      expect(JSON.parse(withCursor).data.guid).toBe('x')
    }),
    settings,
  )
  ledger.close()
})

const selectors = bountyRegistryAbi.filter((item) => item.type === 'event').map((event) => toEventSelector(event))
const word = fc.oneof(
  fc.constantFrom('0'.repeat(64), 'f'.repeat(64), `${'0'.repeat(62)}20`, `${'0'.repeat(60)}ffff`),
  fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((value) => value.toString(16).padStart(64, '0')),
)

test('a log is decoded, or refused with an error, at once: no length in it is believed', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...selectors),
      fc.array(word, { maxLength: 3 }),
      fc.array(word, { maxLength: 30 }),
      (selector, topics, words) => {
        const log = {
          address: `0x${'0'.repeat(40)}` as Hex,
          topics: [selector, ...topics.map((topic): Hex => `0x${topic}`)],
          data: `0x${words.join('')}` as Hex,
        }
        try {
          decodeRegistryLog(log)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
