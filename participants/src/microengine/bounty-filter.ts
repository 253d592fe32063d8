import { stringifyJson } from '@polyswarm/protocol'
import type { LinearPattern } from '../artifacts/linear-pattern.js'
import { InvalidOptionError } from '../errors.js'
import type { Finding } from '../findings/finding.js'

/** The operators of a rule. */
const FILTER_OPERATORS = ['<', '<=', '==', '>=', '>', 'contains', 'startswith', 'endswith', 'regex'] as const

/** How a rule compares. */
type FilterOperator = (typeof FILTER_OPERATORS)[number]

/** What is asked of an artifact's metadata, as the ambassador wrote it. */
export interface FilterRule {
  effect: 'accept' | 'reject' | 'favor' | 'penalize'
  key: string
  operator: FilterOperator
  value: string
  /** The compiled pattern of `regex`. */
  pattern?: LinearPattern
}

const FAVOR = 1.2
const PENALTY = 0.8

/** Characters of a value that a pattern is looked for in: more than any name, type or hash has. */
const SEARCHED = 1024

/**
 * Reads rules from a command line: four words each, `accept mimetype == text/plain`.
 *
 * @param effects what the flag allows, such as accept and reject.
 * @throws InvalidOptionError naming the rule that cannot be understood.
 */
export async function parseFilterRules(
  option: string,
  words: readonly string[],
  effects: readonly FilterRule['effect'][],
): Promise<FilterRule[]> {
  const refuse = (reason: string): InvalidOptionError => new InvalidOptionError({ option, reason })
  if (words.length % 4 !== 0)
    throw refuse(`give four words for each rule: ${effects.join(' or ')}, KEY, OPERATOR, VALUE`)
  const rules: FilterRule[] = []
  for (let at = 0; at < words.length; at += 4) {
    const [effectWord, key = '', operatorWord, value = ''] = words.slice(at, at + 4)
    const effect = effects.find((each) => each === effectWord)
    const operator = FILTER_OPERATORS.find((each) => each === operatorWord)
    if (!effect) throw refuse(`"${effectWord}" is neither ${effects.join(' nor ')}`)
    if (!operator) throw refuse(`"${operatorWord}" is none of ${FILTER_OPERATORS.join(', ')}`)
    if (/^[<>]=?$/.test(operator) && !isNumber(value)) throw refuse(`${operator} compares numbers, "${value}" is none`)
    rules.push({
      effect,
      key,
      operator,
      value,
      ...(operator === 'regex' && { pattern: await patternOf(option, value) }),
    })
  }
  return rules
}

/** The library is larger than the rest of an engine's rules, and most engines have no pattern. */
async function patternOf(option: string, value: string): Promise<LinearPattern> {
  const { LinearPattern } = await import('../artifacts/linear-pattern.js')
  return new LinearPattern(option, value)
}

/** Whether an artifact is to be looked at: where there are `accept` rules one of them must match, and no `reject` rule may. */
export function isAccepted(rules: readonly FilterRule[], metadata: Record<string, unknown>): boolean {
  const accepting = rules.filter(({ effect }) => effect === 'accept')
  const rejecting = rules.filter(({ effect }) => effect === 'reject')
  if (accepting.length > 0 && !accepting.some((rule) => matches(rule, metadata))) return false
  return !rejecting.some((rule) => matches(rule, metadata))
}

/**
 * A finding with its confidence raised by a fifth where it is favored, lowered by a fifth where it is penalized, and left
 * alone where it is both or neither. It never exceeds 1, and several rules count once.
 */
export function weighConfidence(
  rules: readonly FilterRule[],
  metadata: Record<string, unknown>,
  finding: Finding,
): Finding {
  const hit = (wanted: FilterRule['effect']): boolean =>
    rules.some((rule) => rule.effect === wanted && matches(rule, metadata))
  const [favored, penalized] = [hit('favor'), hit('penalize')]
  if (favored === penalized) return finding
  return { ...finding, confidence: Math.min(1, finding.confidence * (favored ? FAVOR : PENALTY)) }
}

function matches({ key, operator, value, pattern }: FilterRule, metadata: Record<string, unknown>): boolean {
  const found = Object.hasOwn(metadata, key) ? metadata[key] : undefined
  if (found === undefined || found === null) return false
  const text = typeof found === 'string' ? found : stringifyJson(found)
  switch (operator) {
    case '<':
      return isNumber(text) && Number(text) < Number(value)
    case '<=':
      return isNumber(text) && Number(text) <= Number(value)
    case '>=':
      return isNumber(text) && Number(text) >= Number(value)
    case '>':
      return isNumber(text) && Number(text) > Number(value)
    case '==':
      return text === value
    case 'contains':
      return text.includes(value)
    case 'startswith':
      return text.startsWith(value)
    case 'endswith':
      return text.endsWith(value)
    case 'regex':
      return pattern?.test(text.slice(0, SEARCHED)) === true
  }
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}
