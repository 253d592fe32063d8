import { parseBaseUnits } from '@polyswarm/protocol/amount'
import type { Instance } from '@polyswarm/protocol/consumer'
import { type ArtifactReport, type ReportedEngine, reportText } from '@polyswarm/protocol/polyscore'
import type { Answered } from '../scan/scan-artifact.js'
import { utc } from '../scan/utc.js'

/** How a report for people looks. */
export interface TextStyle {
  color: boolean
  /** Columns of the terminal; 80 where it is none. */
  width?: number | undefined
  /** Milliseconds since 1970. */
  now: number
}

/** A submission for people, as wide as the terminal: the answer first, then who said what, then why. Ends with an empty line. */
export function answerText(answered: Answered, { color, now, width = 80 }: TextStyle): string {
  return `${reportText(reportOn(answered, now), { color, width })}\n`
}

function reportOn(answered: Answered, now: number): ArtifactReport {
  const { target, instance } = answered
  const { type, filename, sha256, score, families, truth, votes, cost } = instance
  return {
    name: type === 'URL' ? filename : target,
    artifactType: type === 'URL' ? 'url' : 'file',
    sha256,
    score: score && {
      probability: score.probability,
      interval: [score.low, score.high],
      reasons: score.reasons.slice(0, MOST_REASONS),
    },
    engines: enginesOf(instance),
    family: { name: families?.name ?? null, votes: families?.votes ?? [] },
    truth: truth === null ? null : truth ? 'malicious' : 'benign',
    votes: { malicious: votes.filter(({ vote }) => vote).length, total: votes.length },
    cost: cost && {
      reward: parseBaseUnits(cost.reward),
      fee: parseBaseUnits(cost.fee),
      refund: parseBaseUnits(cost.refund),
    },
    notes: notesOn(answered, now),
  }
}

const MOST_REASONS = 5

/** Those that call it malicious first, then by what they bid; what is sealed or was never revealed last. */
function enginesOf({ assertions, bounty, window_closed }: Instance): ReportedEngine[] {
  const revealed = new Set(assertions.map(({ author }) => author))
  const silent = (bounty?.answered ?? []).filter(({ author }) => !revealed.has(author))
  const weight = ({ verdict }: ReportedEngine): number => (verdict === 'malicious' ? 2 : verdict === 'benign' ? 1 : 0)
  return [
    ...assertions
      .map(({ author, author_name, bid, mask, verdict, metadata }): ReportedEngine => {
        const family = typeof metadata?.malware_family === 'string' ? metadata.malware_family : ''
        const name = author_name || author
        if (!mask || verdict === null) return { name, verdict: null, bid: null, family: '', note: 'did not answer' }
        return { name, verdict: verdict ? 'malicious' : 'benign', bid: parseBaseUnits(bid), family, note: '' }
      })
      .sort((a, b) => weight(b) - weight(a) || Number((b.bid ?? 0n) - (a.bid ?? 0n))),
    ...silent.map(({ author, name }): ReportedEngine => {
      const note = window_closed ? 'not revealed' : 'sealed until all have answered'
      return { name: name || author, verdict: null, bid: null, family: '', note }
    }),
  ]
}

function notesOn({ instance, known }: Answered, now: number): string[] {
  const { id, created, last_scanned, state, failed, failed_reason, window_closed, truth, disputes, disputed_by } =
    instance
  const notes: string[] = []
  if (failed) notes.push(`It failed: ${failed_reason ?? 'no reason is given'}.`)
  else if (!window_closed) notes.push('Answers may still come.')
  else if (truth === null && state !== 'settled') notes.push('The arbiters have not agreed on a truth yet.')
  if (known) {
    notes.push(`From the record, ${ageOf(last_scanned ?? created, now)} old: nobody was asked. scan --fresh asks anew.`)
  }
  if (disputes) notes.push(`It contests ${disputes.instance}: ${disputes.reason}`)
  if (disputed_by.length > 0) notes.push(`It is contested by ${disputed_by.slice(0, 4).join(', ')}.`)
  notes.push(`Submission ${id}, ${minuteOf(created)}.`)
  return notes
}

const SPANS = [
  [172_800, 86_400, 'days'],
  [7_200, 3_600, 'hours'],
  [120, 60, 'minutes'],
] as const

function ageOf(moment: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(utc(moment))) / 1000))
  const [, size, noun] = SPANS.find(([from]) => seconds >= from) ?? [0, 1, 'seconds']
  return `${Math.round(seconds / size)} ${noun}`
}

function minuteOf(moment: string): string {
  const time = Date.parse(utc(moment))
  return Number.isNaN(time)
    ? 'at an unknown time'
    : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
