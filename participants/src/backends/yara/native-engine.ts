import { createRequire } from 'node:module'
import { NO_VARIABLES } from './external-variables.js'
import { wasmEngine } from './wasm-engine.js'
import { type EngineMatch, MATCHES_PER_PATTERN, problemOf, type YaraEngine } from './yara-engine.js'

/**
 * Files and characters up to which rules are tried both ways. YARA-X leaps over bytes that no pattern can begin with, as long
 * as there are few patterns; once it has to look at each, more patterns cost no more. So few rules are found faster file by
 * file, and many together.
 */
const MOST_ALONE = 16
const LONGEST_ALONE = 256 * 1024

/** Bytes of artifacts after which it is known which way is faster. */
const ENOUGH = 4 * 1024 * 1024

interface CompileOptions {
  relaxedReSyntax: boolean
  enableIncludes: boolean
  defineVariables?: Record<string, string>
}

/** What is used of the native build. */
interface NativeYaraX {
  validate(rules: string, options: CompileOptions): { errors: { message: string }[] }
  compile(
    rules: string,
    options: CompileOptions,
  ): {
    setMaxMatchesPerPattern(most: number): void
    scan(content: Buffer): { ruleIdentifier: string; meta: Record<string, unknown> }[]
  }
}

const OPTIONS: CompileOptions = { relaxedReSyntax: true, enableIncludes: false }

type PlainScan = (content: Uint8Array) => EngineMatch[]

/** The native build, much faster on small files; undefined where there is none for this kind of machine. */
export function nativeEngine(): YaraEngine | undefined {
  let yaraX: NativeYaraX
  try {
    yaraX = createRequire(import.meta.url)('@litko/yara-x-linux-x64-gnu') as NativeYaraX
  } catch {
    return undefined
  }
  let wasm: YaraEngine | undefined
  const withVariables = (): YaraEngine => {
    wasm ??= wasmEngine()
    return wasm
  }
  return {
    vendor: 'YARA-X 1.7.1',
    hasNamespaces: false,
    problems: (text, external) => {
      const options = external ? { ...OPTIONS, defineVariables: NO_VARIABLES } : OPTIONS
      const problems = yaraX.validate(text, options).errors.map(({ message }) => problemOf(message))
      return problems.length === 0 && external ? withVariables().problems(text, true) : problems
    },
    compile: ({ plain, external }) => {
      const plainScan = fastestOf(waysToScan(yaraX, plain))
      // The native build compiles everything again for a new value of a variable.
      const externalScan = external.length > 0 ? withVariables().compile({ plain: [], external }) : () => []
      return (content, variables) => [...plainScan(content), ...externalScan(content, variables)]
    },
  }
}

function waysToScan(yaraX: NativeYaraX, groups: readonly string[][]): PlainScan[] {
  const scanWith = (texts: readonly string[]): PlainScan => {
    const compiled = texts.map((text) => yaraX.compile(text, OPTIONS))
    for (const rules of compiled) rules.setMaxMatchesPerPattern(MATCHES_PER_PATTERN)
    return (content) => {
      const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
      return compiled.flatMap((rules) =>
        rules.scan(bytes).map(({ ruleIdentifier, meta }) => ({ identifier: ruleIdentifier, meta: { ...meta } })),
      )
    }
  }
  const texts = groups.flat()
  const together = scanWith(groups.map((group) => group.join('\n')))
  const isSmall = texts.length <= MOST_ALONE && texts.join('').length <= LONGEST_ALONE
  return isSmall && groups.length < texts.length ? [together, scanWith(texts)] : [together]
}

/** All find the same. Each has its turn until it has read enough; from then on it is the fastest. */
function fastestOf(scans: readonly PlainScan[]): PlainScan {
  const tried = scans.map((scan) => ({ scan, bytes: 0, milliseconds: 0 }))
  let fastest = scans.length === 1 ? scans[0] : undefined
  return (content) => {
    if (fastest) return fastest(content)
    const next = tried.reduce((least, other) => (other.bytes < least.bytes ? other : least))
    const start = performance.now()
    const matches = next.scan(content)
    next.milliseconds += performance.now() - start
    next.bytes += content.length
    if (tried.every(({ bytes }) => bytes >= ENOUGH)) {
      const pace = ({ milliseconds, bytes }: (typeof tried)[0]): number => milliseconds / bytes
      fastest = tried.reduce((best, other) => (pace(other) < pace(best) ? other : best)).scan
    }
    return matches
  }
}
