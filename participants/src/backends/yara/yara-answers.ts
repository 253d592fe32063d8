import { parseJson } from '@polyswarm/protocol'
import { z } from 'zod'
import type { RulePlan } from './rule-set.js'

const place = z.int().nonnegative()

const plan: z.ZodType<RulePlan> = z.object({
  used: z.array(place),
  former: z.array(place),
  refused: z.array(z.object({ index: place, line: place.optional(), reason: z.string() })),
})

const match = z.object({ identifier: z.string(), meta: z.record(z.string(), z.unknown()) })

/** A rule that matched, with what its `meta` says. */
export type YaraMatch = z.infer<typeof match>

const aboutRules = z.union([
  z.object({ number: place, at: place }),
  z.object({ number: place, plan, serialized: place }),
  z.object({ number: place, ready: z.string() }),
  z.object({ number: place, unusable: z.string() }),
])

const aboutArtifact = z.union([
  z.object({ number: place, matches: z.array(match) }),
  z.object({ number: place, failure: z.string() }),
])

/** What a scanning process says: of its rules, in several steps of which `ready` or `unusable` is the last, or of an artifact, once. */
export type YaraAnswer = z.infer<typeof aboutRules> | z.infer<typeof aboutArtifact>

/** Characters of an answer: names of rules and what their `meta` says. */
const LONGEST = 8 * 1024 * 1024

/**
 * Reads what a scanning process says. What an artifact has taken over can say whatever it likes, and without end: every
 * answer has the number of what was asked last, and nothing may follow it.
 */
export class YaraAnswers {
  #line = ''
  /** What is asked; undefined while nothing is. The rules are number 0. */
  #asked: number | undefined = 0

  /** Takes note of what was asked. There must be nothing open. */
  ask(number: number): void {
    this.#asked = number
  }

  /**
   * Takes in what arrived.
   *
   * @returns the answers that are whole with it.
   * @throws Error where it is anything but an answer to what was asked; the process is to be ended then.
   */
  push(text: string): YaraAnswer[] {
    const whole: YaraAnswer[] = []
    this.#line += text
    for (let end = this.#line.indexOf('\n'); end >= 0; end = this.#line.indexOf('\n')) {
      const line = this.#line.slice(0, end)
      this.#line = this.#line.slice(end + 1)
      whole.push(this.#answerOf(line))
    }
    if (this.#line !== '' && this.#asked === undefined) throw new Error('it says more than it was asked')
    if (this.#line.length > LONGEST) throw new Error('its answer has no end')
    return whole
  }

  #answerOf(line: string): YaraAnswer {
    if (this.#asked === undefined) throw new Error('it says more than it was asked')
    const read = (this.#asked === 0 ? aboutRules : aboutArtifact).safeParse(parsed(line))
    if (!read.success) throw new Error('its answer is none')
    if (read.data.number !== this.#asked) throw new Error('it answers what it was not asked')
    if (!('at' in read.data) && !('plan' in read.data)) this.#asked = undefined
    return read.data
  }
}

function parsed(line: string): unknown {
  try {
    return parseJson(line)
  } catch {
    return undefined
  }
}
