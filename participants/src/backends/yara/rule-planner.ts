import type { RulePlan, RuleSource } from './rule-set.js'
import type { CompiledRules, YaraEngine } from './yara-engine.js'

/** How files of rules are looked at. */
export interface PlanOptions {
  /** Whether each file is looked at alone, and named before: one of them may be the end of this process. */
  careful: boolean
  /** Told of the file that is looked at next, by its place. */
  at: (index: number) => void
}

/** Rules that are in use from now on, and what became of each file. */
export interface PlannedRules {
  plan: RulePlan
  compiled: CompiledRules
}

/**
 * Finds out which files of rules can be used, and compiles these: a file that does not compile costs that file. Only where
 * not all of them do is each looked at alone.
 *
 * @throws Error where files that compile alone do not compile together.
 */
export function planRules(
  sources: readonly RuleSource[],
  engine: YaraEngine,
  { careful, at }: PlanOptions,
): PlannedRules {
  const compiled = careful ? undefined : allOf(sources, engine)
  if (compiled) return { plan: { used: [...sources.keys()], former: [], refused: [] }, compiled }
  const plan: RulePlan = { used: [], former: [], refused: [] }
  const texts: string[] = []
  for (const [index, { text, former }] of sources.entries()) {
    at(index)
    const problem = engine.problem(text)
    if (problem) plan.refused.push({ index, ...problem })
    if (problem && former !== undefined) plan.former.push(index)
    const usable = problem ? former : text
    if (usable === undefined) continue
    plan.used.push(index)
    texts.push(usable)
  }
  return { plan, compiled: engine.compile(texts) }
}

/** Undefined where one of them cannot be used. */
function allOf(sources: readonly RuleSource[], engine: YaraEngine): CompiledRules | undefined {
  try {
    return engine.compile(sources.map(({ text }) => text))
  } catch {
    return undefined
  }
}
