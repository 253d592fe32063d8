import { commitmentOf, formatNct, type Guid, type MarketEvent, newNonce } from '@polyswarm/protocol'
import { ArtifactSource } from '../artifacts/artifact-source.js'
import { BackendError } from '../errors.js'
import type { BountyAnnouncement } from '../runtime/bounty-book.js'
import { lastHeadToAssert } from '../runtime/duty-schedule.js'
import type { KnownBounty, ParticipantContext, Role } from '../runtime/role.js'
import { assertionMetadata } from './assertion-metadata.js'
import { abstain, checkFinding, type Finding } from './finding.js'
import type { Microengine, VerdictRequest } from './microengine.js'
import { isAffordable } from './staking.js'

/** How a microengine takes part. */
export interface MicroengineRoleOptions {
  engine: Microengine
  /** Largest artifact that is fetched, in bytes. */
  maxArtifactSize: number
  /** Stop after so many settled bounties; 0 for never. */
  settleCount?: number
}

/** Blocks between the moment at which scans are cut off and the last at which an assertion can be sent. */
const BLOCKS_TO_CONCLUDE = 2
/** Artifacts of one bounty that are in memory at the same time. */
const ARTIFACTS_AT_A_TIME = 4

/** What a microengine does about bounties: fetch, scan, bid, commit. All that follows is the participant's. */
export class MicroengineRole implements Role {
  readonly name = 'microengine'
  readonly #options: MicroengineRoleOptions
  #context: ParticipantContext | undefined
  #settledBefore = 0

  constructor(options: MicroengineRoleOptions) {
    this.#options = options
  }

  async setup(context: ParticipantContext): Promise<void> {
    this.#context = context
    this.#settledBefore = context.journal.bounties.settledCount()
    const { engine } = this.#options
    await engine.setup().catch((cause: Error) => {
      throw new BackendError({ backend: engine.name, reason: cause.message, cause })
    })
  }

  async teardown(): Promise<void> {
    await this.#options.engine.teardown()
  }

  async waitForEvent(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined> {
    return this.#options.engine.waitForEvent(next)
  }

  wants({ artifactType, expiration }: BountyAnnouncement, head: number): boolean {
    return this.#options.engine.artifactTypes.includes(artifactType) && lastHeadToAssert(expiration) >= head
  }

  decideBy({ expiration }: KnownBounty): number {
    return lastHeadToAssert(expiration) - BLOCKS_TO_CONCLUDE
  }

  async decide(bounty: KnownBounty, signal: AbortSignal): Promise<void> {
    const { journal } = this.#ready
    const findings = await this.#scanAll(bounty, signal)
    const asserted = findings.map(({ outcome }) => outcome === 'malicious' || outcome === 'benign')
    if (!asserted.includes(true)) return this.#abstain(bounty.guid, findings.map(reasonOf).join('; '))
    const request = await this.#bid(bounty, findings, asserted)
    if (typeof request === 'string') return this.#abstain(bounty.guid, request)
    await this.#options.engine.sendVerdict(request, async (verdict) => this.#plan(bounty, verdict))
    if (journal.bounties.get(bounty.guid)?.decision === null) this.#abstain(bounty.guid, 'the engine sent no verdict')
  }

  async work(): Promise<void> {}

  finished(): boolean {
    const { settleCount = 0 } = this.#options
    const settled = this.#ready.journal.bounties.settledCount() - this.#settledBefore
    return settleCount > 0 && settled >= settleCount
  }

  get #ready(): ParticipantContext {
    if (!this.#context) throw new TypeError('The role is not set up.')
    return this.#context
  }

  async #scanAll(bounty: KnownBounty, signal: AbortSignal): Promise<Finding[]> {
    const { client } = this.#ready
    const { numArtifacts } = bounty.terms
    const maxBytes = this.#options.maxArtifactSize
    const source = await ArtifactSource.open(client, { uri: bounty.uri, numArtifacts, maxBytes }, signal)
    const findings: Finding[] = []
    let next = 0
    const worker = async (): Promise<void> => {
      for (let index = next++; index < numArtifacts; index = next++) {
        findings[index] = await this.#scanOne(bounty, source, index, signal)
      }
    }
    await Promise.all(Array.from({ length: ARTIFACTS_AT_A_TIME }, worker))
    source.verify()
    return findings
  }

  async #scanOne(bounty: KnownBounty, source: ArtifactSource, index: number, signal: AbortSignal): Promise<Finding> {
    const { engine } = this.#options
    const content = await engine.getArtifact(source, index, signal)
    const metadata = metadataOf(bounty, index)
    const { guid, artifactType } = bounty
    let finding: Finding
    try {
      finding = checkFinding(await engine.scan({ guid, index, content, artifactType, metadata, signal }))
    } catch (error) {
      finding = abstain(`the scan failed: ${(error as Error).message}`)
    }
    const { outcome, confidence, family, reason } = finding
    this.#ready.logger.debug({ guid, index, outcome, confidence, family, reason }, 'scanned')
    return finding
  }

  /** @returns the verdicts with their bids, or the reason why nothing is bid. */
  async #bid(bounty: KnownBounty, findings: Finding[], asserted: boolean[]): Promise<VerdictRequest | string> {
    const { client, journal } = this.#ready
    const { guid, terms } = bounty
    const opinions = findings.filter((_, index) => asserted[index])
    const [parameters, balance] = await Promise.all([client.bountyParameters(), client.balance('nct')])
    const range = { minimum: parameters.assertion_bid_minimum, maximum: parameters.assertion_bid_maximum }
    const { assertionFee } = terms
    const free = balance - journal.bounties.promised()
    const available = free > 0n ? free : 0n
    const bids = await this.#options.engine.bid({ guid, findings: opinions, range, assertionFee, available })
    if (bids === null) return 'the staking engine stays out'
    if (bids.length !== opinions.length) return `${bids.length} bids were made on ${opinions.length} artifacts`
    const outside = bids.find((bid) => typeof bid !== 'bigint' || bid < range.minimum || bid > range.maximum)
    if (outside !== undefined) {
      return `a bid of ${outside} is outside of what the market allows, ${range.minimum} to ${range.maximum}`
    }
    const bit = (index: number, set: boolean): bigint => (set ? 1n << BigInt(index) : 0n)
    const mask = asserted.reduce((sum, set, index) => sum | bit(index, set), 0n)
    const verdicts = findings.reduce((sum, { outcome }, index) => sum | bit(index, outcome === 'malicious'), 0n)
    return { guid, findings, mask, verdicts, bids }
  }

  /**
   * Draws the nonce and writes the assertion down. From the check of the balance on nothing is waited for, so that two
   * bounties cannot spend the same money: what the other one took is in the journal by then, or was when the balance was
   * asked for and has left it since.
   */
  async #plan({ guid, terms }: KnownBounty, { findings, mask, verdicts, bids }: VerdictRequest): Promise<void> {
    const { client, account, journal, logger } = this.#ready
    const { engine } = this.#options
    const promisedBefore = journal.bounties.promised()
    const balance = await client.balance('nct')
    const promisedNow = journal.bounties.promised()
    const fee = terms.assertionFee
    if ([promisedBefore, promisedNow].some((promised) => !isAffordable(bids, fee, balance - promised))) {
      const price = formatNct(bids.reduce((sum, bid) => sum + bid, fee))
      return this.#abstain(guid, `${price} NCT for bids and fee cannot be afforded`)
    }
    const nonce = newNonce()
    const commitment = commitmentOf({ verdicts, nonce, author: account })
    const metadata = JSON.stringify(assertionMetadata(findings, engine))
    journal.write(() => {
      journal.bounties.plan({ guid, nonce, verdicts, mask, bids: [...bids], fee, metadata, commitment })
      journal.bounties.decide(guid, 'assert', `${bids.length} of ${findings.length} artifacts`)
    })
    logger.info({ guid, artifacts: bids.length, bids: bids.map(formatNct) }, 'going to assert')
  }

  #abstain(guid: Guid, reason: string): void {
    this.#ready.journal.bounties.decide(guid, 'abstain', reason)
    this.#ready.logger.info({ guid, reason }, 'abstained')
  }
}

function reasonOf({ outcome, reason }: Finding): string {
  return reason === undefined ? outcome : `${outcome}: ${reason}`
}

function metadataOf({ metadata }: KnownBounty, index: number): Record<string, unknown> {
  const entry: unknown = Array.isArray(metadata) ? metadata[index] : undefined
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? (entry as Record<string, unknown>) : {}
}
