import { guidFromUint128, marketEvent, parseJson } from '@polyswarm/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { MetadataDocuments } from '../artifacts/metadata-documents.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { MarketRecord } from '../ledger/market-record.ts'
import { EventWriter } from './event-text.ts'

const AUTHOR = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const hash = `0x${'0'.repeat(64)}` as const
const guid = guidFromUint128(7n)
const posted: MarketRecord[] = [
  { kind: 'bounty', guid, artifactType: 'file', author: AUTHOR, amount: 9n, uri: 'Qm', expiration: 20, metadata: '' },
  {
    ...{ kind: 'terms', guid, numArtifacts: 3, bloom: '0'.repeat(512), bountyFee: 10n ** 20n, assertionFee: 2n },
    ...{ assertionRevealWindow: 4, arbiterVoteWindow: 5, arbiterCount: 6 },
  },
]

let ledger: Ledger
let writer: EventWriter
beforeEach(() => {
  ledger = Ledger.open(':memory:', { chainId: 1, bountyRegistry: AUTHOR, genesisHash: hash })
  writer = new EventWriter(ledger, new MetadataDocuments({} as ArtifactStore))
  const records = posted.map((record, logIndex) => ({ record, txhash: hash, logIndex }))
  ledger.append([{ number: 3, hash, parent: null, baseFee: 10n ** 18n, records }])
})
afterEach(() => ledger.close())

const entries = () => ledger.entriesAfter(0, 10)
const read = (text: string | null) => parseJson(text ?? 'null') as { data: Record<string, unknown> }

test('clients with cursors are told the terms of a bounty and the base fee of a block, others what the original sent', async () => {
  const [bounty, block] = await Promise.all(entries().map((entry) => writer.write(entry)))
  const [told, number] = [bounty, block].map((text) => marketEvent.parse(read(text?.withCursor ?? null)))
  expect(number).toMatchObject({ data: { number: 3, base_fee: 10n ** 18n } })
  const windows = { assertion_reveal_window: 4, arbiter_vote_window: 5 }
  const terms = { num_artifacts: 3, bounty_fee: 10n ** 20n, assertion_fee: 2n, ...windows, arbiter_count: 6 }
  expect(told).toMatchObject({ data: { guid, terms } })
  expect(read(block?.plain ?? null)).toEqual({ event: 'block', data: { number: 3 } })
  const keys = ['guid', 'artifact_type', 'author', 'amount', 'uri', 'expiration', 'metadata']
  expect(Object.keys(read(bounty?.plain ?? null).data)).toEqual(keys)
})

test('whoever is told again what is open is told the terms', async () => {
  const [entry] = entries()
  if (!entry) throw new TypeError('nothing was posted')
  expect(read(await writer.writeAgain(entry)).data.terms).toMatchObject({ num_artifacts: 3 })
})

test('a bounty whose block is taken back while it is written has no terms', async () => {
  const [entry] = entries()
  if (!entry) throw new TypeError('nothing was posted')
  ledger.rollback(2)
  expect(read((await writer.write(entry)).withCursor).data).not.toHaveProperty('terms')
})
