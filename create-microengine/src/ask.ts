import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'

/** Asks a person, one question after the other. */
export interface Interviewer {
  /** Asks until the answer passes; an empty answer stands for the default. */
  text<Answer>(question: string, byDefault: string, check: (answer: string) => Answer): Promise<Answer>
  /** Has one of several chosen, by number or by name. */
  choice<Answer>(question: string, choices: Record<string, string>, check: (answer: string) => Answer): Promise<Answer>
  close(): void
}

/** An interviewer on a terminal. Ctrl-C and Ctrl-D at a question reject it with an AbortError. */
export function interviewer(input: Readable, output: Writable): Interviewer {
  const lines = createInterface({ input, output })
  const left = new AbortController()
  lines.once('close', () => left.abort())
  const text: Interviewer['text'] = async (question, byDefault, check) => {
    for (;;) {
      const answer = (await lines.question(`${question} (${byDefault}) `, { signal: left.signal })).trim()
      try {
        return check(answer === '' ? byDefault : answer)
      } catch (error) {
        output.write(`${(error as Error).message}\n`)
      }
    }
  }
  return {
    text,
    choice: (question, choices, check) => {
      const names = Object.keys(choices)
      const list = names.map((name, index) => `  ${index + 1} ${name.padEnd(14)}${choices[name]}\n`)
      output.write(`${question}\n${list.join('')}`)
      return text('Number or name?', '1', (answer) => check(names[Number(answer) - 1] ?? answer))
    },
    close: () => lines.close(),
  }
}
