import type { ExternalVariables } from './external-variables.js'

/** A rule that matched, with what its `meta` says. */
export interface EngineMatch {
  identifier: string
  meta: Record<string, unknown>
}

/** Rules as a process scans with them. */
export interface CompiledRules {
  /** Looks at one content. What was found last is forgotten. */
  scan(content: Uint8Array, variables: ExternalVariables): EngineMatch[]
  /** The rules in a form that other processes of the same engine take in; absent where these compile the texts faster. */
  serialize?(): Uint8Array
}

/** What is wrong with a text of rules. */
export interface RuleProblem {
  /** From 1, where the compiler says. */
  line: number | undefined
  reason: string
}

/** YARA-X, one way or the other. The external variables are defined in all rules, and each text has its names for itself. */
export interface YaraEngine {
  vendor: string
  /** What is wrong with a text of rules; undefined where it can be used. */
  problem(text: string): RuleProblem | undefined
  /** @throws Error where one of the texts cannot be used. */
  compile(texts: readonly string[]): CompiledRules
  /** Takes in what `serialize` gave, in the same version. */
  load?(serialized: Uint8Array): CompiledRules
}

/** Matches of one pattern that are told apart; counts in conditions end here. */
export const MATCHES_PER_PATTERN = 10_000

const NO_INCLUDE =
  'include is not followed: all files of the directory are read, each for itself; ' +
  'put rules that need each other into one file'

/** Characters of a reason: what it quotes can be long. */
const LONGEST_REASON = 300

/** What YARA-X says of an error: a title, a place, and an excerpt with a remark below it, on lines of their own. */
export function problemOf(message: string): RuleProblem {
  const [head = '', ...lines] = message.split('\n').map((line) => line.trim())
  const [, code = '', title = head] = /^error\[(\w+)\]: (.*)/.exec(head) ?? []
  const place = lines.find((line) => line.startsWith(PLACE))
  const remark = lines
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1).trim())
    .find((line) => line.startsWith('^'))
    ?.replace(/^\^+/, '')
  const isInclude = code === 'E042' || code === 'E044'
  const reason = isInclude ? NO_INCLUDE : `${title}${remark ? `:${remark}` : ''}`.slice(0, LONGEST_REASON)
  return { line: place === undefined ? undefined : Number.parseInt(place.slice(PLACE.length), 10), reason }
}

const PLACE = '--> line:'
