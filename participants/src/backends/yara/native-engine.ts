import { createRequire } from 'node:module'
import { type ExternalVariables, NO_VARIABLES } from './external-variables.js'
import { type CompiledRules, type EngineMatch, MATCHES_PER_PATTERN, problemOf, type YaraEngine } from './yara-engine.js'

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
  enableAllWarnings: boolean
  defineVariables: Record<string, string>
}

interface NativeRules {
  addRuleSources(sources: { source: string; namespace: string }[]): void
  setMaxMatchesPerPattern(most: number): void
  scan(content: Buffer, variables: Record<string, string>): { ruleIdentifier: string; meta: Record<string, unknown> }[]
  serialize(): Buffer
}

/** What is used of the native build. */
interface NativeYaraX {
  validate(rules: string, options: CompileOptions): { errors: { message: string }[] }
  compile(rules: string, options: CompileOptions): NativeRules
  deserialize(serialized: Buffer): NativeRules
}

const OPTIONS: CompileOptions = {
  relaxedReSyntax: true,
  enableIncludes: false,
  enableAllWarnings: false,
  defineVariables: NO_VARIABLES,
}

type Scan = CompiledRules['scan']

/** The native build, much faster on small files; undefined where there is none for this kind of machine. */
export function nativeEngine(): YaraEngine | undefined {
  let yaraX: NativeYaraX
  try {
    yaraX = createRequire(import.meta.url)('@litko/yara-x-linux-x64-gnu') as NativeYaraX
  } catch {
    return undefined
  }
  const compileAll = (texts: readonly string[]): NativeRules => {
    const rules = yaraX.compile('', OPTIONS)
    rules.addRuleSources(texts.map((source, index) => ({ source, namespace: `file${index}` })))
    return rules
  }
  return {
    vendor: 'YARA-X 1.20.0',
    problem: (text) => {
      const [error] = yaraX.validate(text, OPTIONS).errors
      return error && problemOf(error.message)
    },
    compile: (texts) => {
      const together = compileAll(texts)
      if (texts.length < 2 || texts.length > MOST_ALONE || texts.join('').length > LONGEST_ALONE) {
        return { scan: scanWith([together]), serialize: () => together.serialize() }
      }
      return { scan: fastestOf([scanWith([together]), scanWith(texts.map((text) => compileAll([text])))]) }
    },
    load: (serialized) => ({ scan: scanWith([yaraX.deserialize(bufferOf(serialized))]) }),
  }
}

function scanWith(compiled: readonly NativeRules[]): Scan {
  for (const rules of compiled) rules.setMaxMatchesPerPattern(MATCHES_PER_PATTERN)
  return (content, variables) => {
    const bytes = bufferOf(content)
    return compiled.flatMap((rules) => matchesOf(rules, bytes, variables))
  }
}

function matchesOf(rules: NativeRules, content: Buffer, variables: ExternalVariables): EngineMatch[] {
  return rules
    .scan(content, variables)
    .map(({ ruleIdentifier, meta }) => ({ identifier: ruleIdentifier, meta: { ...meta } }))
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** All find the same. Each has its turn until it has read enough; from then on it is the fastest. */
function fastestOf(scans: readonly Scan[]): Scan {
  const tried = scans.map((scan) => ({ scan, bytes: 0, milliseconds: 0 }))
  let fastest: Scan | undefined
  return (content, variables) => {
    if (fastest) return fastest(content, variables)
    const next = tried.reduce((least, other) => (other.bytes < least.bytes ? other : least))
    const start = performance.now()
    const matches = next.scan(content, variables)
    next.milliseconds += performance.now() - start
    next.bytes += content.length
    if (tried.every(({ bytes }) => bytes >= ENOUGH)) {
      const pace = ({ milliseconds, bytes }: (typeof tried)[0]): number => milliseconds / bytes
      fastest = tried.reduce((best, other) => (pace(other) < pace(best) ? other : best)).scan
    }
    return matches
  }
}
