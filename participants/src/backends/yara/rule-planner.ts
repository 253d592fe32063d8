import type { RulePlan, RuleSource } from './rule-set.js'
import type { YaraEngine } from './yara-engine.js'

/** How files of rules are looked at. */
export interface PlanOptions {
  /** Whether each file is looked at alone, and named before: one of them may be the end of this process. */
  careful: boolean
  /** Told of the file that is looked at next, by its place. */
  at: (index: number) => void
}

/**
 * Finds out which files of rules can be used, and which of them can be compiled together: a file that does not compile costs
 * that file, and names are only known to the compiler. A global rule speaks for its own file, which is compiled alone.
 */
export function planRules(sources: readonly RuleSource[], engine: YaraEngine, { careful, at }: PlanOptions): RulePlan {
  const plan: RulePlan = { plain: [], external: [], former: [], refused: [] }
  const texts = sources.map(({ text }) => text)
  const all = [...sources.keys()]
  const plain = !careful && allAreFine(texts, engine) ? all : all.filter((index) => isPlain(index))
  if (engine.hasNamespaces) plan.plain = plain.map((index) => [index])
  else plan.plain = groupsOf(plain, texts, engine)
  return plan

  function isPlain(index: number): boolean {
    at(index)
    const { text = '', former } = sources[index] ?? {}
    const [problem] = engine.problems(text, false)
    if (!problem) return true
    const [withVariables] = engine.problems(text, true)
    if (!withVariables) {
      plan.external.push(index)
      return false
    }
    plan.refused.push({ index, ...withVariables })
    if (former === undefined) return false
    texts[index] = former
    plan.former.push(index)
    if (engine.problems(former, false).length === 0) return true
    plan.external.push(index)
    return false
  }
}

/** Whether each text is fine alone. What one of them needs of another would be missing in one order or the other. */
function allAreFine(texts: readonly string[], engine: YaraEngine): boolean {
  const together = engine.hasNamespaces ? [] : texts.filter((text) => !isGlobal(text))
  const alone = engine.hasNamespaces ? texts : texts.filter(isGlobal)
  const backwards = together.length > 1 ? [together.toReversed().join('\n')] : []
  return [together.join('\n'), ...backwards, ...alone].every((text) => engine.problems(text, false).length === 0)
}

/** Whether there may be a global rule in it. */
function isGlobal(text: string): boolean {
  return /\bglobal\b/.test(text)
}

/** Those that clash in no way are together; of the others, each goes where none has a name of its, as far as that is known. */
function groupsOf(indexes: readonly number[], texts: readonly string[], engine: YaraEngine): number[][] {
  const textOf = (index: number): string => texts[index] ?? ''
  const groups = indexes.filter((index) => isGlobal(textOf(index))).map((index) => [index])
  for (let rest = indexes.filter((index) => !isGlobal(textOf(index))); rest.length > 0; ) {
    const later: number[] = []
    for (const group of binsOf(rest, clashesIn(rest.map(textOf), engine))) {
      // A name that is only in the way of one of them has not been told of.
      const clashing = clashesIn(group.map(textOf), engine)
      const fitting = group.filter((_, place) => !clashing.has(place))
      const [first, ...others] = group
      if (first === undefined) continue
      if (fitting.length === 0) groups.push([first])
      else groups.push(...(fitting.length < group.length ? groupsOf(fitting, texts, engine) : [fitting]))
      later.push(...(fitting.length === 0 ? others : group.filter((_, place) => clashing.has(place))))
    }
    rest = later
  }
  return groups
}

function binsOf(indexes: readonly number[], clashes: ReadonlyMap<number, ReadonlySet<string>>): number[][] {
  const bins = [{ group: indexes.filter((_, place) => !clashes.has(place)), names: new Set<string>() }]
  for (const [place, names] of clashes) {
    const index = indexes[place] ?? 0
    const bin = bins.find((candidate, at) => at > 0 && candidate.names.isDisjointFrom(names))
    if (!bin) bins.push({ group: [index], names: new Set(names) })
    else {
      bin.group.push(index)
      for (const name of names) bin.names.add(name)
    }
  }
  return bins.map(({ group }) => group)
}

/** Of texts that are fine alone, those that are not behind the others, with the names that are taken. */
function clashesIn(texts: readonly string[], engine: YaraEngine): Map<number, Set<string>> {
  const clashes = new Map<number, Set<string>>()
  if (texts.length < 2) return clashes
  const problems = engine.problems(texts.join('\n'), false).sort((a, b) => (a.line ?? 1) - (b.line ?? 1))
  let place = 0
  let end = linesIn(texts[0])
  for (const { line = 1, name = '' } of problems) {
    while (line > end && place < texts.length - 1) end += linesIn(texts[++place])
    const names = clashes.get(place) ?? new Set()
    clashes.set(place, names.add(name))
  }
  return clashes
}

function linesIn(text = ''): number {
  return text.split('\n').length
}
