import type { Judgement } from '@polyswarm/protocol/polyscore'

/** How often an engine is right, on one kind of file, at one time. */
export interface Skill {
  sensitivity: number
  specificity: number
}

/** An engine of a generated market. */
export interface GeneratedEngine {
  name: string
  skill: (fileType: string, at: number) => Skill
  /** Rates that its skill may have been drawn from, each as probable as the others. */
  drawnFrom: (at: number) => { sensitivity: readonly number[]; specificity: readonly number[] }
}

/**
 * Engines that belong together. `copying`: each gives one hidden answer, of the given skill, with a probability of its own,
 * and its own answer otherwise; whoever copies always is the leader. `colluding`: on some artifacts all of them are wrong.
 */
type Bond =
  | { kind: 'copying'; members: { engine: GeneratedEngine; share: number }[]; source: Skill }
  | { kind: 'colluding'; members: { engine: GeneratedEngine }[]; share: number }

/** A market in which everything is known. */
export interface GeneratedMarket {
  name: string
  malicious: number
  fileTypes: readonly string[]
  engines: readonly GeneratedEngine[]
  /** Each engine is in one of them at most. */
  bonds: readonly Bond[]
  /** What an engine's rates depend on, for whoever has to learn them. */
  learnedBy: { fileType?: boolean; turn?: number }
}

/** One artifact of a generated market. */
export interface GeneratedArtifact {
  fileType: string
  malicious: boolean
  judgements: Judgement[]
  /** The probability that it is malicious, for whoever knows everything but the truth. */
  posterior: number
  /** How many there were before it. */
  at: number
  answers: ReadonlyMap<GeneratedEngine, GeneratedAnswer>
}

/** How often an engine answers at all. */
const ANSWERS = 0.85
const SMALL_BID = 62_500_000_000_000_000n
const LARGE_BID = 4n * SMALL_BID

/** What an engine says, and whether it bids as one that is sure. */
export interface GeneratedAnswer {
  malicious: boolean
  sure: boolean
}

/** Draws the next artifact; `at` is how many there were before it. */
export function drawArtifact(market: GeneratedMarket, at: number, random: () => number): GeneratedArtifact {
  const malicious = random() < market.malicious
  const fileType = market.fileTypes[Math.floor(random() * market.fileTypes.length)] ?? ''
  const answers = new Map<GeneratedEngine, GeneratedAnswer>()
  const answer = (engine: GeneratedEngine, forced?: boolean): void => {
    const sure = random() < 0.5
    const right = random() < rightness(engine.skill(fileType, at), malicious, sure)
    if (random() < ANSWERS) answers.set(engine, { malicious: forced ?? right === malicious, sure })
  }
  for (const bond of market.bonds) {
    if (bond.kind === 'copying') {
      const hidden = random() < rightOf(bond.source, malicious) ? malicious : !malicious
      for (const { engine, share } of bond.members) answer(engine, random() < share ? hidden : undefined)
    } else {
      const together = random() < bond.share
      for (const { engine } of bond.members) answer(engine, together ? !malicious : undefined)
    }
  }
  for (const engine of alone(market)) answer(engine)
  return {
    fileType,
    malicious,
    judgements: [...answers].map(([{ name }, { malicious: says, sure }]) => ({
      judge: name,
      verdict: says ? 'malicious' : 'benign',
      bid: scaled(sure ? LARGE_BID : SMALL_BID, 0.8 + 0.4 * random()),
    })),
    posterior: posteriorOf(market, fileType, at, answers),
    at,
    answers,
  }
}

function posteriorOf(
  market: GeneratedMarket,
  fileType: string,
  at: number,
  answers: ReadonlyMap<GeneratedEngine, GeneratedAnswer>,
): number {
  const [no, yes] = likelihoodsOf(market, answers, (engine, malicious, sure) =>
    rightness(engine.skill(fileType, at), malicious, sure),
  )
  const prior = market.malicious
  return (prior * yes) / (prior * yes + (1 - prior) * no)
}

/**
 * How probable answers are, if the artifact is benign and if it is malicious.
 *
 * @param rightOn with what probability an engine of its own is right.
 */
export function likelihoodsOf(
  market: GeneratedMarket,
  answers: ReadonlyMap<GeneratedEngine, GeneratedAnswer>,
  rightOn: (engine: GeneratedEngine, malicious: boolean, sure: boolean) => number,
): [ifBenign: number, ifMalicious: number] {
  const likelihood = (malicious: boolean): number => {
    const own = (engine: GeneratedEngine): number => {
      const answer = answers.get(engine)
      if (!answer) return 1
      const right = rightOn(engine, malicious, answer.sure)
      return answer.malicious === malicious ? right : 1 - right
    }
    const says = (engine: GeneratedEngine, what: boolean): number => {
      const answer = answers.get(engine)
      return !answer || answer.malicious === what ? 1 : 0
    }
    let product = alone(market).reduce((all, engine) => all * own(engine), 1)
    for (const bond of market.bonds) {
      if (bond.kind === 'copying') {
        let sum = 0
        for (const hidden of [true, false]) {
          const ofHidden = hidden === malicious ? rightOf(bond.source, malicious) : 1 - rightOf(bond.source, malicious)
          sum += bond.members.reduce(
            (all, { engine, share }) => all * (share * says(engine, hidden) + (1 - share) * own(engine)),
            ofHidden,
          )
        }
        product *= sum
      } else {
        const apart = bond.members.reduce((all, { engine }) => all * own(engine), 1 - bond.share)
        product *= apart + bond.members.reduce((all, { engine }) => all * says(engine, !malicious), bond.share)
      }
    }
    return product
  }
  return [likelihood(false), likelihood(true)]
}

function alone({ engines, bonds }: GeneratedMarket): GeneratedEngine[] {
  const bound = new Set(bonds.flatMap(({ members }) => members.map(({ engine }) => engine)))
  return engines.filter((engine) => !bound.has(engine))
}

/** How often somebody of a skill is right on artifacts that are malicious, or not. */
function rightOf({ sensitivity, specificity }: Skill, malicious: boolean): number {
  return malicious ? sensitivity : specificity
}

/** Half of the answers are sure: these are right more often, the others less, by the same amount. */
export function rightness(skill: Skill, malicious: boolean, sure: boolean): number {
  const right = rightOf(skill, malicious)
  const margin = Math.min(0.07, 0.6 * (1 - right), 0.6 * right)
  return sure ? right + margin : right - margin
}

function scaled(bid: bigint, factor: number): bigint {
  return (bid * BigInt(Math.round(factor * 1_000))) / 1_000n
}
