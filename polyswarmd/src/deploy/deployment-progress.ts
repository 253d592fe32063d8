import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Hex } from 'viem'
import { z } from 'zod'
import { DeploymentFileError } from '../errors.js'

const hex = z
  .string()
  .regex(/^0x[0-9a-f]*$/)
  .transform((text) => text as Hex)

const progressFile = z.object({
  /** What is deployed, and by whom: steps of another plan are none of this one. */
  plan: z.string(),
  steps: z.record(z.string(), z.object({ hash: hex, raw: hex })),
})

/** What was signed, by step. */
type Steps = z.infer<typeof progressFile>['steps']

/**
 * The steps of a deployment that were signed, in a file beside the deployment file that it ends in. A step is in it before it
 * is sent: a deployment that was cut short goes on from there, and does no step twice.
 */
export class DeploymentProgress {
  readonly path: string
  /** Whether the deployment file is written already, and only nobody was told. */
  readonly isComplete: boolean
  readonly #out: string
  readonly #plan: string
  readonly #steps: Steps

  private constructor(parts: Pick<DeploymentProgress, 'isComplete'> & { out: string; plan: string; steps: Steps }) {
    this.path = progressOf(parts.out)
    this.isComplete = parts.isComplete
    this.#out = parts.out
    this.#plan = parts.plan
    this.#steps = parts.steps
  }

  /**
   * Opens the progress of the deployment that is to end in `out`. One that has ended there without saying so is complete.
   *
   * @param plan all that the deployment depends on; only one that is the same goes on.
   * @throws DeploymentFileError where `out` exists, or a deployment with another plan was begun.
   */
  static open(out: string, plan: object): DeploymentProgress {
    const isComplete = existsSync(out)
    const text = stringifyJson(plan) ?? ''
    const begun = readProgress(progressOf(out))
    if (isComplete && begun?.plan !== text) {
      const reason = 'it exists already, and is never overwritten: give another with --out, or move it away'
      throw new DeploymentFileError({ file: out, reason })
    }
    if (begun && begun.plan !== text) {
      const reason = `a deployment with other settings was begun (${begun.plan}): go on with those, or remove it to begin anew`
      throw new DeploymentFileError({ file: progressOf(out), reason })
    }
    return new DeploymentProgress({ out, plan: text, steps: begun?.steps ?? {}, isComplete })
  }

  /** How many steps were signed before. */
  get size(): number {
    return Object.keys(this.#steps).length
  }

  /** What was signed for a step; undefined where nothing was. */
  signed(step: string): { hash: Hex; raw: Hex } | undefined {
    return this.#steps[step]
  }

  /** Keeps what is signed for a step. @throws DeploymentFileError where it cannot be written. */
  keep(step: string, signed: { hash: Hex; raw: Hex }): void {
    this.#steps[step] = signed
    const partial = `${this.path}.partial`
    try {
      const file = openSync(partial, 'w', 0o600)
      try {
        writeSync(file, `${stringifyJson({ plan: this.#plan, steps: this.#steps }, 2)}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(partial, this.path)
    } catch (cause) {
      const reason = `it cannot be written (${(cause as Error).message})`
      throw new DeploymentFileError({ file: this.path, reason, cause })
    }
  }

  /** To be called when the deployment file is written. What runs have left that were cut short is removed. */
  end(): void {
    const folder = dirname(this.#out)
    const name = basename(this.#out)
    const left = readdirSync(folder).filter((file) => file.startsWith(`${name}.`) && file.endsWith('.partial'))
    for (const file of [...left.map((each) => join(folder, each)), this.path]) rmSync(file, { force: true })
  }
}

function progressOf(out: string): string {
  return `${out}.progress`
}

/** @throws DeploymentFileError where it is damaged. */
function readProgress(path: string): z.infer<typeof progressFile> | undefined {
  if (!existsSync(path)) return undefined
  try {
    return progressFile.parse(parseJson(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new DeploymentFileError({ file: path, reason: 'it is damaged; remove it to begin anew', cause })
  }
}
