import { readFileSync, readSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/**
 * A process of its own, started by `YaraScanner`: compiles rules, then scans one artifact after another. It has no time
 * limit; the one that waits for an answer ends the whole process. It knows nothing and is given nothing but rules and
 * artifacts, so a rule that runs away or an artifact that breaks the scanner costs one finding.
 *
 * On stdin: messages, each behind its length in bytes (32 bits, little-endian); the first is the JSON of the rules, the
 * others are artifacts. On stdout: a line of JSON for each message. Reading blocks: there is nothing else to do meanwhile.
 */
interface RuleSource {
  file: string
  text: string
}

interface Match {
  identifier: string
  meta: Record<string, unknown>
}

/** YARA-X, one way or the other. */
interface Engine {
  vendor: string
  /** What is wrong with a file of rules, or undefined. */
  problem(text: string): string | undefined
  /** Compiles files that are each without a problem. */
  compile(texts: readonly string[]): Scan
}

type Scan = (content: Uint8Array) => Match[]

/** Matches of one pattern that are told apart; counts in conditions end here. */
const MATCHES_PER_PATTERN = 10_000

/**
 * Files and characters up to which rules are tried both ways. YARA-X leaps over bytes that no pattern can begin with, as long
 * as there are few patterns; once it has to look at each, more patterns cost no more. So few rules are found faster file by
 * file, and many together.
 */
const MOST_ALONE = 16
const LONGEST_ALONE = 256 * 1024

/** Bytes of artifacts after which it is known which way is faster. */
const ENOUGH = 4 * 1024 * 1024

/** What is used of the native build. */
interface NativeYaraX {
  validate(rules: string): { errors: { message: string }[] }
  compile(rules: string): {
    setMaxMatchesPerPattern(most: number): void
    scan(content: Buffer): { ruleIdentifier: string; meta: Record<string, unknown> }[]
  }
}

/** The native build, much faster on small files; undefined where there is none for this kind of machine. */
function nativeEngine(): Engine | undefined {
  let yaraX: NativeYaraX
  try {
    yaraX = createRequire(import.meta.url)('@litko/yara-x-linux-x64-gnu') as NativeYaraX
  } catch {
    return undefined
  }
  return {
    vendor: 'YARA-X 1.7.1',
    problem: (text) => yaraX.validate(text).errors[0]?.message,
    compile: (texts) => {
      const scanWith = (groups: string[][]): Scan => {
        const compiled = groups.map((group) => yaraX.compile(group.join('\n')))
        for (const rules of compiled) rules.setMaxMatchesPerPattern(MATCHES_PER_PATTERN)
        return (content) => {
          const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
          return compiled.flatMap((rules) =>
            rules.scan(bytes).map(({ ruleIdentifier, meta }) => ({ identifier: ruleIdentifier, meta: { ...meta } })),
          )
        }
      }
      const together = groupsOf(texts)
      const isSmall = texts.length <= MOST_ALONE && texts.join('').length <= LONGEST_ALONE
      if (!isSmall || together.length === texts.length) return scanWith(together)
      return fastestOf([scanWith(together), scanWith(texts.map((text) => [text]))])
    },
  }
}

/** All find the same. Each has its turn until it has read enough; from then on it is the fastest. */
function fastestOf(scans: readonly Scan[]): Scan {
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

/**
 * A file is a name space, which the native build does not know: files are compiled together as far as their rules have
 * different names. A global rule speaks for its file only, which is compiled alone.
 */
function groupsOf(texts: readonly string[]): string[][] {
  const groups: { names: Set<string>; texts: string[] }[] = []
  const alone: string[][] = []
  for (const text of texts) {
    if (/\bglobal\b/.test(text)) {
      alone.push([text])
      continue
    }
    const names = [...text.matchAll(/\brule\s+(\w+)/g)].map(([, name = '']) => name)
    const group = groups.find((candidate) => names.every((name) => !candidate.names.has(name)))
    if (group) {
      group.texts.push(text)
      for (const name of names) group.names.add(name)
    } else {
      groups.push({ names: new Set(names), texts: [text] })
    }
  }
  return [...groups.map((group) => group.texts), ...alone]
}

async function wasmEngine(): Promise<Engine> {
  const { Compiler, initSync } = await import('@virustotal/yara-x')
  const wasm = fileURLToPath(import.meta.resolve('@virustotal/yara-x')).replace(/yara_x_js\.js$/, 'yara_x_js_bg.wasm')
  initSync({ module: readFileSync(wasm) })
  return {
    vendor: 'YARA-X 1.20.0',
    problem: (text) => {
      try {
        new Compiler().addSource(text)
        return undefined
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
    compile: (texts) => {
      const compiler = new Compiler()
      for (const [index, text] of texts.entries()) {
        compiler.newNamespace(`file${index}`)
        compiler.addSource(text)
      }
      const scanner = compiler.build().scanner()
      return (content) => {
        const { matches } = scanner.scan(content) as {
          matches: { identifier: string; metadata?: { identifier: string; value: unknown }[] }[]
        }
        return matches.map(({ identifier, metadata = [] }) => ({
          identifier,
          meta: Object.fromEntries(metadata.map((entry) => [entry.identifier, entry.value])),
        }))
      }
    },
  }
}

let room = new Uint8Array(1 << 20)

/** The next message; its bytes are overwritten by the one after it. Ends the process where there is none. */
function nextMessage(): Uint8Array {
  fill(room.subarray(0, 4))
  const length = new DataView(room.buffer).getUint32(0, true)
  if (length > room.length) room = new Uint8Array(2 ** Math.ceil(Math.log2(length)))
  const message = room.subarray(0, length)
  fill(message)
  return message
}

function fill(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const count = readSync(0, bytes, at, bytes.length - at, null)
    if (count === 0) process.exit(0)
    at += count
  }
}

function answer(value: unknown): void {
  // biome-ignore lint/style/noRestrictedGlobals: nothing here is foreign but names of rules, and it is to start at once.
  const line = Buffer.from(`${JSON.stringify(value)}\n`)
  for (let at = 0; at < line.length; ) at += writeSync(1, line, at)
}

/** While it scans, this process does not notice that the one it works for has died; a thread of its own does. */
const ORPHAN_WATCH = `
const parent = process.ppid
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500)
`
new Worker(ORPHAN_WATCH, { eval: true })

const build = process.argv[2]
const engine = (build === 'wasm' ? undefined : nativeEngine()) ?? (await wasmEngine())
// biome-ignore lint/style/noRestrictedGlobals: rules of the engine itself.
const sources = JSON.parse(Buffer.from(nextMessage()).toString()) as RuleSource[]
const problems = sources.flatMap(({ file, text }) => {
  const problem = engine.problem(text)
  return problem === undefined ? [] : [`${file}: ${problem}`]
})
if (problems.length > 0) {
  answer({ problems })
  process.exit(0)
}
const scan = engine.compile(sources.map(({ text }) => text))
answer({ ready: engine.vendor })
for (;;) {
  const content = nextMessage()
  try {
    answer({ matches: scan(content) })
  } catch (error) {
    answer({ failure: error instanceof Error ? error.message : String(error) })
  }
}
