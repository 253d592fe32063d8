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
export type ReadyRules = { texts: readonly string[] } | { serialized: Uint8Array }

/** What was found out about files of rules; each is named by its place among them. */
export interface RulePlan {
  used: number[]
  /** Those of which the former text is used. */
  former: number[]
  refused: { index: number; line?: number | undefined; reason: string }[]
}

/** One line, as compilers name places. */
export function refusalText({ file, line, reason, former = false }: RefusedRules): string {
  const place = line === undefined ? file : `${file}:${line}`
  return `${place}: ${reason}${former ? '; the rules that were in it before stay in use' : ''}`
}

/** The texts that are used by a plan, in its order. */
export function usedTexts(sources: readonly RuleSource[], { used, former }: RulePlan): string[] {
  const before = new Set(former)
  return used.map((index) => {
    const source = sources[index]
    return (before.has(index) ? source?.former : source?.text) ?? ''
  })
}
