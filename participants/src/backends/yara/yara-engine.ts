import type { ExternalVariables } from './external-variables.js'
import type { CompilableRules } from './rule-set.js'

/** A rule that matched, with what its `meta` says. */
export interface EngineMatch {
  identifier: string
  meta: Record<string, unknown>
}

/** Looks at one content. What was found last is forgotten. */
type Scan = (content: Uint8Array, variables: ExternalVariables) => EngineMatch[]

/** What is wrong with a text of rules. */
export interface RuleProblem {
  /** From 1, where the compiler says. */
  line: number | undefined
  reason: string
  /** Of a rule that is there already: its name. */
  name?: string | undefined
}

/** YARA-X, one way or the other. */
export interface YaraEngine {
  vendor: string
  /** Whether each file of rules has its names for itself. Else files are compiled together, as far as names do not clash. */
  hasNamespaces: boolean
  /** Everything that is wrong with a text of rules. @param external whether the external variables are defined. */
  problems(text: string, external: boolean): RuleProblem[]
  compile(rules: CompilableRules): Scan
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
  const [, name] = /^duplicate rule `(\w+)`/.exec(title) ?? []
  return { line: place === undefined ? undefined : Number.parseInt(place.slice(PLACE.length), 10), reason, name }
}

const PLACE = '--> line:'
