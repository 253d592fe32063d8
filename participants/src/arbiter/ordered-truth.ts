import type { Verdict } from '@polyswarm/protocol'
import { TruthUnavailableError } from '../errors.js'
import type { ArbiterMemory, TruthAnswer, TruthRequest, TruthSource } from './truth-source.js'

/** What one source said of an artifact. */
export interface Testimony extends TruthAnswer {
  source: string
}

/** What came of asking one source after the other. */
export interface Inquiry {
  /** Undefined where no source knows. */
  verdict: Verdict | undefined
  /** All that were asked, in their order; the last one is the one that knew. */
  testimonies: Testimony[]
  /** The source that could not be asked: those behind it were not asked either. */
  unavailable?: TruthUnavailableError
}

/** Asks one source after the other, until one knows the truth. A source that cannot be asked now is waited for, not passed over. */
export class OrderedTruth {
  readonly name: string
  /** Whether an artifact that no source knows is to wait for a person. */
  readonly waitsForPeople: boolean
  readonly #sources: readonly TruthSource[]

  constructor(sources: readonly TruthSource[]) {
    this.#sources = sources
    this.name = sources.map(({ name }) => name).join(', then ')
    this.waitsForPeople = sources.some((source) => source.waitsForPeople)
  }

  async setup(memory: ArbiterMemory): Promise<void> {
    for (const source of this.#sources) await source.setup(memory)
  }

  async judge(request: TruthRequest): Promise<Inquiry> {
    const testimonies: Testimony[] = []
    for (const source of this.#sources) {
      try {
        const answer = await source.judge(request)
        testimonies.push({ source: source.name, ...answer })
        if (answer.verdict !== undefined) return { verdict: answer.verdict, testimonies }
      } catch (error) {
        request.signal.throwIfAborted()
        if (!(error instanceof TruthUnavailableError)) throw error
        testimonies.push({ source: source.name, verdict: undefined, reason: error.message })
        return { verdict: undefined, testimonies, unavailable: error }
      }
    }
    return { verdict: undefined, testimonies }
  }

  /** Asks those that need no more than a hash, once all of them did not know: has one of them learned it meanwhile? */
  recall(sha256: string): Testimony | undefined {
    for (const source of this.#sources) {
      const answer = source.recall?.(sha256)
      if (answer?.verdict !== undefined) return { source: source.name, ...answer }
    }
    return undefined
  }

  async teardown(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.teardown()))
  }
}
