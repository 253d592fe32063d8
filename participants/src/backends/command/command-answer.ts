import { LinearPattern } from '../../artifacts/linear-pattern.js'
import { AnalysisError, InvalidOptionError } from '../../errors.js'
import { parseAnswer } from '../../findings/backend-answer.js'
import { benign, type Finding, malicious, unknown } from '../../findings/finding.js'
import type { ProgramEnd } from './run-program.js'

/**
 * Where a program's verdict is:
 *
 * - `exit-code`: 0 benign, 1 malicious, 2 unknown, as clamscan does; the first line of output is the family;
 * - `json`: the last line of output, an object with `outcome` and `confidence` such as `AnalysisBackend` returns;
 * - a pattern: malicious where it matches the output, with the group `family` as its name; else, and only if the program
 *   exits with 0, benign. It is looked for in the first 64 Ki characters; a program that says more, and nothing that matches,
 *   has given no verdict.
 */
export type AnswerRule = 'exit-code' | 'json' | LinearPattern

/**
 * Reads a rule: `exit-code`, `json`, or a pattern between slashes, such as `/FOUND: (?<family>.+)/i`.
 *
 * @throws InvalidOptionError for anything else.
 */
export function parseAnswerRule(text: string): AnswerRule {
  if (text === 'exit-code' || text === 'json') return text
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? []
  if (source !== undefined) return new LinearPattern('--command-answer', source, flags)
  throw new InvalidOptionError({ option: '--command-answer', reason: 'give exit-code, json or /pattern/' })
}

const MAX_FAMILY = 100
/** Characters of output that a pattern is looked for in. */
const SEARCHED = 64 * 1024

/** Reads a verdict. Everything that is not clearly one is an error, and never benign. */
export function findingOfProgram(rule: AnswerRule, { code, killedBy, stdout, stderr, flooded }: ProgramEnd): Finding {
  const fail = (reason: string): AnalysisError => new AnalysisError({ backend: 'command', reason })
  if (flooded) throw fail('it wrote more than it may')
  if (code === null) throw fail(`it was ended by ${killedBy ?? 'a signal'}`)
  const said = (): string => lastLine(stderr) || lastLine(stdout) || 'nothing'
  if (rule === 'exit-code') {
    const [family = ''] = stdout.trim().split('\n')
    const name = family.slice(0, MAX_FAMILY)
    if (code === 0) return benign({ confidence: 0.75 })
    if (code === 1) return malicious({ confidence: 0.95, ...(name !== '' && { family: name }) })
    if (code === 2) return unknown({ reason: said().slice(0, MAX_FAMILY) })
  } else if (rule === 'json') {
    if (code === 0) return parseAnswer('command', lastLine(stdout)).finding
  } else {
    const searched = stdout.slice(0, SEARCHED)
    if (rule.test(searched)) {
      const family = rule.group(searched, 'family')?.slice(0, MAX_FAMILY)
      return malicious({ confidence: 0.95, ...(family !== undefined && { family }) })
    }
    if (stdout.length > SEARCHED) throw fail(`it wrote more than the ${SEARCHED} characters that are searched`)
    if (code === 0) return benign({ confidence: 0.75 })
  }
  throw fail(`it ended with status ${code} and said ${said().slice(0, 200)}`)
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
