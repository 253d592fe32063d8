import type { TruthSource } from './truth-source.js'

/** Asks one source after the other, until one knows the truth. */
export function truthInOrder(sources: readonly TruthSource[]): TruthSource {
  return {
    name: sources.map(({ name }) => name).join(', then '),
    setup: async () => {
      for (const source of sources) await source.setup()
    },
    judge: async (request) => {
      for (const source of sources) {
        const truth = await source.judge(request)
        if (truth !== undefined) return truth
      }
      return undefined
    },
    teardown: async () => {
      await Promise.all(sources.map((source) => source.teardown()))
    },
  }
}
