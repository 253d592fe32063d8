import {
  type ArtifactMask,
  commitmentOf,
  fullMask,
  type MarketCall,
  newNonce,
  parseNct,
  postAssertionCall,
  revealAssertionCall,
  settleBountyCall,
} from '@polyswarm/protocol'
import {
  encodeAbiParameters,
  encodeFunctionData,
  hexToBigInt,
  keccak256,
  numberToHex,
  parseAbi,
  stringToHex,
} from 'viem'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { type LoggedAssertion, type LoggedBounty, lastBlockOf } from '../bounty-log.ts'
import type { Tally } from '../tally.ts'

const BID = parseNct('0.0625')
/** Nonces that are tried after the others' reveals, in the time that a window gives. */
const TRIES = 60_000
const TRIES_AT_A_TIME = 500

/**
 * The thief: it asserts without having looked at anything, reads what the others reveal, and looks for a nonce that opens its
 * commitment to their verdicts.
 */
export const seal: Attack = {
  name: 'seal',
  tries: 'assert blindly, read the reveals of the others, and open the commitment to their verdicts',
  purses: { thief: '50000' },
  pause: 3_000,
  strike: async (arena, tally) => {
    const bounty = arena.targets(4).find(({ numArtifacts }) => numArtifacts >= 8 && numArtifacts <= 64)
    if (!bounty) return
    const thief = arena.purse('thief')
    const { guid, numArtifacts } = bounty
    const mask = fullMask(numArtifacts)
    const nonce = newNonce()
    const commitment = commitmentOf({ verdicts: 0n, nonce, author: thief.address })
    const bids = Array.from({ length: numArtifacts }, () => BID)
    const asserted = await thief.send(
      postAssertionCall(arena.besieged.contracts, { guid: arena.guidOf(bounty), bids, mask, commitment }),
    )
    tally.met(`assert: ${asserted.answer}`)
    if (!asserted.accepted) return
    const stolen = await stolenVerdicts(arena, bounty)
    const index = ownIndex(arena, guid, thief.address)
    if (index === undefined) return
    const reveal = (verdicts: ArtifactMask, with_: bigint, metadata = '') =>
      revealAssertionCall(arena.besieged.contracts, {
        guid: arena.guidOf(bounty),
        index,
        nonce: with_,
        verdicts,
        metadata,
      })
    // The old form is the hash of one word: another nonce gives other verdicts for the same word.
    const word = hashWord(nonce)
    const opening = await search(arena, (other) => {
      const verdicts = word ^ hashWord(other)
      return (verdicts & mask) === stolen ? verdicts : undefined
    })
    if (opening) {
      const answer = await thief.send(reveal(opening.verdicts, opening.nonce))
      tally.met(`open to the others' verdicts: ${answer.answer}`)
      if (answer.accepted) {
        tally.breach('a commitment was opened to verdicts that others revealed')
        return settleLater(arena, bounty, tally)
      }
    } else tally.met('no nonce was found')
    for (const [what, call] of [
      ['the verdicts of others under its own nonce', reveal(stolen === 0n ? 1n : stolen, nonce)],
      ['bits of artifacts that there are not', reveal(1n << 255n, nonce)],
    ] as const) {
      const answer = await thief.rehearse(call)
      tally.met(`open to ${what}: ${answer.answer}`)
      if (answer.accepted) tally.breach(`a commitment was opened to ${what}`)
    }
    const honest = await thief.send(reveal(0n, nonce))
    tally.met(`open to what was sealed: ${honest.answer}`)
    await settleLater(arena, bounty, tally)
  },
}

const SEALED = parseAbi(['function postSealedAssertion(uint128 guid, uint256[] bid, uint256 mask, uint256 commitment)'])

/** The form that binds guid, author, verdicts, metadata and nonce: it is opened with each of them changed. */
export const sealedForm: Attack = {
  name: 'sealed-form',
  tries: 'open a sealed assertion with other verdicts, another nonce, other metadata, in place of another account',
  purses: { thief: '50000' },
  pause: 4_000,
  strike: async (arena, tally) => {
    const [bounty] = arena.targets(4)
    if (!bounty) return
    const thief = arena.purse('thief')
    const { guid, numArtifacts } = bounty
    const [nonce, metadata] = [newNonce(), 'what was sealed']
    const commitment = sealedCommitment({ guid, author: thief.address, verdicts: 0n, metadata, nonce })
    const bid = Array.from({ length: numArtifacts }, () => BID)
    const args = [guid, bid, fullMask(numArtifacts), commitment] as const
    const data = encodeFunctionData({ abi: SEALED, functionName: 'postSealedAssertion', args })
    const asserted = await thief.send({ to: arena.besieged.contracts.bountyRegistry, data })
    tally.met(`assert: ${asserted.answer}`)
    if (!asserted.accepted) return
    const stolen = await stolenVerdicts(arena, bounty)
    const index = ownIndex(arena, guid, thief.address)
    if (index === undefined) return
    const reveal = (verdicts: bigint, with_: bigint, text: string): MarketCall =>
      revealAssertionCall(arena.besieged.contracts, {
        guid: arena.guidOf(bounty),
        index,
        nonce: with_,
        verdicts,
        metadata: text,
      })
    const swapped = bounty.assertions.find(({ reveal: opened }) => opened?.metadata)?.reveal?.metadata ?? 'swapped'
    const forgeries: [string, MarketCall][] = [
      ['other verdicts', reveal(stolen === 0n ? 1n : stolen, nonce, metadata)],
      ['other metadata', reveal(0n, nonce, swapped)],
      ['no metadata', reveal(0n, nonce, '')],
      ['another nonce', reveal(stolen, newNonce(), metadata)],
      ['foreign bits', reveal(1n << 255n, nonce, metadata)],
    ]
    for (const [what, call] of forgeries) {
      const answer = await thief.rehearse(call)
      tally.met(`open with ${what}: ${answer.answer}`)
      if (answer.accepted) tally.breach(`a sealed assertion was opened with ${what}`)
    }
    const honest = await thief.send(reveal(0n, nonce, metadata))
    tally.met(`open to what was sealed: ${honest.answer}`)
    await settleLater(arena, bounty, tally)
  },
}

/** keccak256 over guid, author, verdicts, keccak256 of the metadata, and nonce, each a word. */
function sealedCommitment(order: {
  guid: bigint
  author: `0x${string}`
  verdicts: bigint
  metadata: string
  nonce: bigint
}): bigint {
  const { guid, author, verdicts, metadata, nonce } = order
  const types = ['uint128', 'address', 'uint256', 'bytes32', 'uint256'].map((type) => ({ type }))
  return hexToBigInt(
    keccak256(encodeAbiParameters(types, [guid, author, verdicts, keccak256(stringToHex(metadata)), nonce])),
  )
}

/** Waits for reveals, and for as long as the window allows; then what most of the others say. */
async function stolenVerdicts(arena: Arena, bounty: LoggedBounty): Promise<bigint> {
  await arena.until(bounty.expiration + Math.max(Math.floor(bounty.revealWindow / 2), 1))
  const reveals = bounty.assertions.flatMap(({ reveal }) => reveal ?? [])
  let verdicts = 0n
  for (let artifact = 0n; artifact < BigInt(bounty.numArtifacts); artifact++) {
    const malicious = reveals.filter((reveal) => (reveal.verdicts >> artifact) & 1n).length
    if (malicious * 2 > reveals.length) verdicts |= 1n << artifact
  }
  return verdicts
}

/** Looks for a nonce, and lets others have the processor in between. */
async function search(
  arena: Arena,
  opens: (nonce: bigint) => bigint | undefined,
): Promise<{ nonce: bigint; verdicts: bigint } | undefined> {
  for (let nonce = 1n; nonce <= TRIES; nonce++) {
    const verdicts = opens(nonce)
    if (verdicts !== undefined) return { nonce, verdicts }
    if (nonce % BigInt(TRIES_AT_A_TIME) === 0n) await arena.rest(20)
  }
  return undefined
}

function ownIndex(arena: Arena, guid: bigint, author: string): number | undefined {
  const own = (assertion: LoggedAssertion) => assertion.author === author
  return arena.log.bounties.get(guid)?.assertions.find(own)?.index
}

/** Collects, once the bounty is over, without holding up the next strike. */
function settleLater(arena: Arena, bounty: LoggedBounty, tally: Tally): void {
  const thief = arena.purse('thief')
  void (async () => {
    await arena.until(lastBlockOf(bounty))
    const { answer } = await thief.send(settleBountyCall(arena.besieged.contracts, arena.guidOf(bounty)))
    tally.met(`settle: ${answer}`)
  })().catch(() => undefined)
}

function hashWord(word: bigint): bigint {
  return hexToBigInt(keccak256(numberToHex(word, { size: 32 })))
}
