import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
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

/**
 * The steps of a deployment that were signed, in a file beside the deployment file that it ends in. A step is in it before it
 * is sent: a deployment that was cut short goes on from there, and does no step twice.
 */
export class DeploymentProgress {
  readonly path: string
  readonly #plan: string
  readonly #steps: Record<string, { hash: Hex; raw: Hex }>

  private constructor(path: string, plan: string, steps: Record<string, { hash: Hex; raw: Hex }>) {
    this.path = path
    this.#plan = plan
    this.#steps = steps
  }

  /**
   * Opens the progress of the deployment that is to end in `out`.
   *
   * @param plan all that the deployment depends on; only one that is the same goes on.
   * @throws DeploymentFileError where `out` exists, or a deployment with another plan was begun.
   */
  static open(out: string, plan: object): DeploymentProgress {
    if (existsSync(out)) {
      const reason = 'it exists already, and is never overwritten: give another with --out, or move it away'
      throw new DeploymentFileError({ file: out, reason })
    }
    const path = `${out}.progress`
    const text = stringifyJson(plan) ?? ''
    if (!existsSync(path)) return new DeploymentProgress(path, text, {})
    let found: z.infer<typeof progressFile>
    try {
      found = progressFile.parse(parseJson(readFileSync(path, 'utf8')))
    } catch (cause) {
      throw new DeploymentFileError({ file: path, reason: 'it is damaged; remove it to begin anew', cause })
    }
    if (found.plan !== text) {
      const reason = `a deployment with other settings was begun (${found.plan}): go on with those, or remove it to begin anew`
      throw new DeploymentFileError({ file: path, reason })
    }
    return new DeploymentProgress(path, text, found.steps)
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

  /** To be called when the deployment file is written. */
  end(): void {
    rmSync(this.path, { force: true })
  }
}
