import { type Guid, maskFromBooleans } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import type { Finding } from '../findings/finding.js'
import type { RecordedFinding, RivalAssertion } from '../runtime/journal/finding-history.js'
import type { VerdictRequest } from './microengine.js'

/** Verdicts and bids as they are asserted; undefined where nothing is left to bid on. */
export function verdictsOf(
  guid: Guid,
  findings: readonly Finding[],
  artifacts: readonly number[],
  offered: readonly (bigint | null)[],
): VerdictRequest | undefined {
  const made = artifacts.flatMap((index, place) => {
    const bid = offered[place]
    return bid === null || bid === undefined ? [] : [{ index, bid }]
  })
  if (made.length === 0) return undefined
  const mask = made.reduce((sum, { index }) => sum | (1n << BigInt(index)), 0n)
  const malicious = made.filter(({ index }) => findings[index]?.outcome === 'malicious')
  const verdicts = malicious.reduce((sum, { index }) => sum | (1n << BigInt(index)), 0n)
  return { guid, findings, mask, verdicts, bids: made.map(({ bid }) => bid) }
}

/** The verdict, under no name, and what each backend said. */
export function recordsOf(finding: Finding, artifact: number, fileType: string): RecordedFinding[] {
  const own = { backend: '', outcome: finding.outcome, confidence: finding.confidence, family: finding.family }
  return [own, ...(finding.opinions ?? [])].map(({ backend, outcome, confidence, family }) => ({
    artifact,
    backend,
    outcome,
    confidence,
    probability: backend === '' ? (finding.probability ?? null) : null,
    family: family ?? null,
    fileType,
  }))
}

/** What others have asserted on a bounty so far. */
export async function readRivals(
  client: PolyswarmdClient,
  guid: Guid,
  signal?: AbortSignal,
): Promise<RivalAssertion[]> {
  const assertions = await client.assertions(guid, signal)
  return assertions.filter(({ author }) => author !== client.account).map(rivalOf)
}

type ListedAssertion = Awaited<ReturnType<PolyswarmdClient['assertions']>>[number]

function rivalOf({ author, mask, bid, nonce, verdicts }: ListedAssertion): RivalAssertion {
  return {
    author,
    mask: maskFromBooleans(mask),
    bids: bid,
    verdicts: nonce === 0n ? null : maskFromBooleans(verdicts.map((verdict) => verdict === true)),
  }
}

/** What kind of failure it was, in one of a few words: a label must not be what a stranger wrote. */
export function failureOf(reason = ''): string {
  if (/time/.test(reason)) return 'time'
  if (/failed/.test(reason)) return 'failed'
  return /no finding/.test(reason) ? 'nonsense' : 'abstained'
}
