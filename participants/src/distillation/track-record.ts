import { stringifyJson } from '@polyswarm/protocol'
import type { Beta } from './beta.js'

/** How often a backend said something of artifacts of one type, and what was true. */
export interface JudgedCount {
  backend: string
  fileType: string
  said: 'malicious' | 'benign'
  malicious: boolean
  count: number
}

/** What is known of a backend's hits: how often it convicts what is malicious, and acquits what is not. */
export interface Accuracy {
  sensitivity: Beta
  specificity: Beta
  /** Settled artifacts that it rests on; 0 where nothing is known but what is assumed of any backend. */
  cases: number
}

/** Before anything is known: right four times out of five, as sure as after five cases. */
const ASSUMED: Beta = { for: 4, against: 1 }
/** Before anything is known: as many artifacts are malicious as not. */
const ASSUMED_BASE: Beta = { for: 2, against: 2 }
/** Settled artifacts of a type, malicious and benign each, from which on a backend is judged by that type alone. */
const ENOUGH = 15

interface Tally {
  truePositive: number
  falseNegative: number
  trueNegative: number
  falsePositive: number
}

/**
 * What the settled bounties say of each backend. Accuracy on a type of file counts where there is enough of it; else that on
 * all files. What a backend has not been tried on is assumed, and the uncertainty says so.
 */
export class TrackRecord {
  readonly #tallies = new Map<string, Tally>()
  readonly #base: Beta = { ...ASSUMED_BASE }

  constructor(counts: readonly JudgedCount[] = []) {
    for (const { backend, fileType, said, malicious, count } of counts) {
      // The engine's own verdicts stand under no backend's name: each artifact once.
      if (backend === '') {
        if (malicious) this.#base.for += count
        else this.#base.against += count
        continue
      }
      const right = (said === 'malicious') === malicious
      const field = malicious ? (right ? 'truePositive' : 'falseNegative') : right ? 'trueNegative' : 'falsePositive'
      this.#tally(backend, fileType)[field] += count
      this.#tally(backend, undefined)[field] += count
    }
  }

  /** The share of artifacts that are malicious. */
  get base(): Beta {
    return this.#base
  }

  /** How right a backend is about artifacts of a type. */
  accuracyOf(backend: string, fileType: string): Accuracy {
    const ofType = this.#tallies.get(keyOf(backend, fileType))
    const overall = this.#tallies.get(keyOf(backend, undefined))
    const tally = ofType && isEnough(ofType) ? ofType : overall
    if (!tally) return { sensitivity: ASSUMED, specificity: ASSUMED, cases: 0 }
    return {
      sensitivity: plus(ASSUMED, tally.truePositive, tally.falseNegative),
      specificity: plus(ASSUMED, tally.trueNegative, tally.falsePositive),
      cases: casesOf(tally),
    }
  }

  #tally(backend: string, fileType: string | undefined): Tally {
    const key = keyOf(backend, fileType)
    const tally = this.#tallies.get(key) ?? { truePositive: 0, falseNegative: 0, trueNegative: 0, falsePositive: 0 }
    this.#tallies.set(key, tally)
    return tally
  }
}

function keyOf(backend: string, fileType: string | undefined): string {
  return stringifyJson([backend, fileType ?? null])
}

function isEnough({ truePositive, falseNegative, trueNegative, falsePositive }: Tally): boolean {
  return truePositive + falseNegative >= ENOUGH && trueNegative + falsePositive >= ENOUGH
}

function casesOf({ truePositive, falseNegative, trueNegative, falsePositive }: Tally): number {
  return truePositive + falseNegative + trueNegative + falsePositive
}

function plus({ for: a, against: b }: Beta, hits: number, misses: number): Beta {
  return { for: a + hits, against: b + misses }
}
