import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'

/** What a participant says of itself once a second. */
export interface Liveness {
  /** Milliseconds since 1970. */
  at: number
  head: number
  /** Bounties that wait for a decision. */
  undecided: number
  /** Blocks that they have waited on average. */
  averageWait: number
}

/** From when on a participant counts as stuck. */
export interface LivenessLimits {
  /** Seconds since it last said something. */
  loopSeconds: number
  /** Blocks that bounties wait for a decision on average. */
  waitBlocks: number
}

const shape = z.object({ at: z.number(), head: z.number(), undecided: z.number(), averageWait: z.number() })

/** Writes the file of a participant, in one step: whoever reads it sees the old or the new, whole. */
export async function writeLiveness(path: string, liveness: Liveness): Promise<void> {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, stringifyJson(liveness), { mode: 0o600 })
  await rename(draft, path)
}

/** Takes the file away when a participant ends. */
export async function removeLiveness(path: string): Promise<void> {
  await rm(path, { force: true })
}

/**
 * Judges a participant by its file.
 *
 * @param now milliseconds since 1970.
 * @returns whether it is alive, and a sentence that says so.
 */
export async function checkLiveness(
  path: string,
  { loopSeconds, waitBlocks }: LivenessLimits,
  now: number,
): Promise<{ alive: boolean; sentence: string }> {
  let liveness: Liveness
  try {
    liveness = shape.parse(parseJson(await readFile(path, 'utf8')))
  } catch (error) {
    return { alive: false, sentence: `not alive: ${path} cannot be read (${(error as Error).message.split('\n')[0]})` }
  }
  const { at, head, undecided, averageWait } = liveness
  const silent = (now - at) / 1000
  if (silent > loopSeconds) return { alive: false, sentence: `not alive: silent for ${silent.toFixed(1)} s` }
  if (averageWait > waitBlocks) {
    return { alive: false, sentence: `stuck: ${undecided} bounties wait ${averageWait.toFixed(1)} blocks on average` }
  }
  return { alive: true, sentence: `alive: block ${head}, ${undecided} bounties wait` }
}
