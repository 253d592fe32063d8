import { BackendError } from '../../errors.js'
import { type ReadyRules, type RefusedRules, type RuleSource, usedTexts } from './rule-set.js'
import { type RuleReport, type YaraBuild, YaraScanner } from './yara-scanner.js'

/** Rules that can be used, and a process that compiles them. */
export interface LoadedRules {
  rules: ReadyRules
  /** The files that are in use, with what is used of them. */
  used: { file: string; text: string }[]
  refused: RefusedRules[]
  scanner: YaraScanner
}

/**
 * Finds out, in a process of its own, which files of rules can be used. A file that ends the process that reads it is refused
 * like one that does not compile.
 *
 * @throws YaraProcessError where the process ends without a file that can be named.
 */
export async function loadRules(sources: readonly RuleSource[], build: YaraBuild | undefined): Promise<LoadedRules> {
  const refused: RefusedRules[] = []
  let rest = [...sources]
  for (let careful = false; ; ) {
    const scanner = new YaraScanner({ sources: rest, careful }, build)
    try {
      return loaded(rest, await scanner.planned, refused, scanner)
    } catch (error) {
      void scanner.end()
      const culprit = scanner.at === undefined ? undefined : rest[scanner.at]
      if (!culprit && careful) throw error
      if (culprit) {
        const { file, former } = culprit
        refused.push({ file, reason: 'it breaks the compiler', former: former !== undefined })
        const instead = former === undefined ? [] : [{ file, text: former }]
        rest = rest.flatMap((source) => (source === culprit ? instead : [source]))
      }
      careful = true
    }
  }
}

function loaded(
  sources: readonly RuleSource[],
  { plan, serialized }: RuleReport,
  broken: readonly RefusedRules[],
  scanner: YaraScanner,
): LoadedRules {
  const fileOf = (index: number): string => {
    const source = sources[index]
    if (!source) throw new BackendError({ backend: 'yara', reason: 'its process names a file that it was not given' })
    return source.file
  }
  const former = new Set(plan.former)
  const refused = plan.refused.map(({ index, line, reason }) => {
    return { file: fileOf(index), line, reason, former: former.has(index) }
  })
  const texts = usedTexts(sources, plan)
  const used = plan.used.map((index, place) => ({ file: fileOf(index), text: texts[place] ?? '' }))
  return { rules: serialized ? { serialized } : { texts }, used, refused: [...broken, ...refused], scanner }
}
