import { type Guid, newGuid } from '@polyswarm/protocol'
import { keccak256, numberToHex } from 'viem'
import { Ledger } from '../../polyswarmd/dist/ledger/ledger.js'
import type { ChainBlock, MarketRecord } from '../../polyswarmd/dist/ledger/market-record.js'
import { ENGINES, partyOf } from './parties.ts'

const DURATION = 15
const REVEAL = 10
const VOTE = 20
/** Blocks from the posting of a bounty to its settlements. */
const LIFE = DURATION + REVEAL + VOTE
const BLOCKS_AT_A_TIME = 200
const NCT = 10n ** 18n

/** What the file of a benchmark's ledger is kept for. */
const IDENTITY = { chainId: 1338, bountyRegistry: partyOf(0), genesisHash: hashOf(0) }

/** A ledger of a market in which a bounty was posted in each of so many blocks, and all is settled that can be. */
export function fillLedger(file: string, bounties: number): Ledger {
  const ledger = openLedger(file)
  const guids: Guid[] = []
  const windows = { kind: 'windows', assertionRevealWindow: REVEAL, arbiterVoteWindow: VOTE } as const
  ledger.append([blockOf(0, [windows, { kind: 'fees', bountyFee: NCT, assertionFee: NCT }])])
  for (let start = 1; start <= bounties; start += BLOCKS_AT_A_TIME) {
    const blocks: ChainBlock[] = []
    for (let number = start; number < Math.min(start + BLOCKS_AT_A_TIME, bounties + 1); number++) {
      guids[number] = newGuid()
      blocks.push(blockOf(number, recordsOf(number, guids)))
      delete guids[number - LIFE]
    }
    ledger.append(blocks)
  }
  return ledger
}

/** The ledger that was filled before. */
export function openLedger(file: string): Ledger {
  return Ledger.open(file, IDENTITY)
}

/** What the market says in one block: one bounty is posted, others come on. */
function recordsOf(number: number, guids: readonly Guid[]): MarketRecord[] {
  const at = (age: number, records: (guid: Guid) => MarketRecord[]) => {
    const guid = guids[number - age]
    return guid === undefined ? [] : records(guid)
  }
  const engines = Array.from({ length: ENGINES }, (_, index) => ({ index, author: partyOf(index) }))
  return [
    ...at(0, (guid) => posted(guid, number)),
    ...at(2, (guid) =>
      engines.map((engine) => ({
        ...({
          kind: 'assertion',
          guid,
          ...engine,
          bids: [NCT],
          mask: 1n,
          numArtifacts: 1,
          commitment: NCT ** 4n,
        } as const),
      })),
    ),
    ...at(DURATION + 1, (guid) =>
      engines.map((engine) => ({
        ...({
          kind: 'reveal',
          guid,
          ...engine,
          nonce: NCT ** 4n,
          verdicts: 1n,
          numArtifacts: 1,
          metadata: '',
        } as const),
      })),
    ),
    ...at(DURATION + REVEAL + 1, (guid) => [
      { kind: 'vote', guid, voter: partyOf(90), votes: 1n, numArtifacts: 1 },
      { kind: 'quorum', guid },
    ]),
    ...at(LIFE - 1, (guid) =>
      [...engines, { author: partyOf(90) }, { author: partyOf(91) }].map(
        ({ author: settler }) => ({ kind: 'settlement', guid, settler, payout: NCT }) as const,
      ),
    ),
  ]
}

function posted(guid: Guid, number: number): MarketRecord[] {
  const uri = `Qm${guid.replaceAll('-', '').padEnd(44, 'x')}`
  const fees = { bountyFee: NCT, assertionFee: NCT, assertionRevealWindow: REVEAL, arbiterVoteWindow: VOTE }
  const expiration = number + DURATION
  const author = partyOf(91)
  return [
    { kind: 'bounty', guid, artifactType: 'file', author, amount: NCT, uri, expiration, metadata: '' },
    { kind: 'terms', guid, numArtifacts: 1, bloom: 'ab'.repeat(256), ...fees, arbiterCount: 1 },
  ]
}

function blockOf(number: number, records: MarketRecord[]): ChainBlock {
  const txhash = hashOf(number)
  return {
    number,
    hash: txhash,
    parent: null,
    records: records.map((record, logIndex) => ({ record, txhash, logIndex })),
  }
}

function hashOf(number: number) {
  return keccak256(numberToHex(number))
}
