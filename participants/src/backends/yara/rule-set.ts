/** A file of YARA rules. */
export interface RuleSource {
  file: string
  text: string
  /** What it was when it could last be used; used again where `text` cannot be. */
  former?: string | undefined
}

/** A file of rules that is not used, or not as it is now. */
export interface RefusedRules {
  file: string
  /** From 1, where it is known. */
  line?: number | undefined
  reason: string
  /** Whether the file's rules of before stay in use. */
  former?: boolean | undefined
}

/** Rules that are known to compile, as each process that scans is given them. */
export interface CompilableRules {
  /** Files by what can be compiled together: no two rules of a group have the same name. */
  plain: string[][]
  /** Files whose rules ask for external variables. */
  external: string[]
}

/** What was found out about files of rules; each is named by its place among them. */
export interface RulePlan {
  plain: number[][]
  external: number[]
  /** Those of which the former text is meant. */
  former: number[]
  refused: { index: number; line?: number | undefined; reason: string }[]
}

/** One line, as compilers name places. */
export function refusalText({ file, line, reason, former = false }: RefusedRules): string {
  const place = line === undefined ? file : `${file}:${line}`
  return `${place}: ${reason}${former ? '; the rules that were in it before stay in use' : ''}`
}

/** The texts that a plan speaks of. */
export function compilableRules(
  sources: readonly RuleSource[],
  { plain, external, former }: RulePlan,
): CompilableRules {
  const text = (index: number): string => {
    const { text: now = '', former: before = '' } = sources[index] ?? {}
    return former.includes(index) ? before : now
  }
  return { plain: plain.map((group) => group.map(text)), external: external.map(text) }
}
