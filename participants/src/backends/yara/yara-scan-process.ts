import { readSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { parseJson, stringifyJson } from '@polyswarm/protocol/json'
import { PREFIX } from '../../examiner/frame.js'
import type { ExternalVariables } from './external-variables.js'
import { nativeEngine } from './native-engine.js'
import { planRules } from './rule-planner.js'
import type { RuleSource } from './rule-set.js'
import { wasmEngine } from './wasm-engine.js'
import { type CompiledRules, problemOf } from './yara-engine.js'

/*
 * A process of its own, started by `YaraScanner`: compiles rules, then scans one artifact after another. It has no time
 * limit; the one that waits for an answer ends the whole process. It knows nothing and is given nothing but rules and
 * artifacts, so a rule that runs away or an artifact that breaks the scanner costs one finding.
 *
 * On stdin: frames, of which the first has the rules and each other an artifact. On descriptor 3: a line of JSON for each,
 * with the frame's number; about the rules more than one. On descriptor 4: the compiled rules, where these were found out
 * about and can be handed on. What rules print goes elsewhere. Reading blocks: there is nothing else to do meanwhile.
 */
const ANSWERS = 3
const SERIALIZED = 4

/** Rules to find out about, or rules that are known to compile. */
type Load = { sources: RuleSource[]; careful: boolean } | { texts: string[] }

interface Header {
  number: number
  variables?: ExternalVariables
  /** Whether the rules come as another process has compiled them. */
  serialized?: boolean
}

let room = new Uint8Array(1 << 20)

/** The next frame; its bytes are overwritten by the one after it. Ends the process where there is none. */
function nextFrame(): { header: Header; body: Uint8Array } {
  const prefix = Buffer.from(bytes(PREFIX))
  const [headerLength, bodyLength] = [prefix.readUInt32LE(0), prefix.readUInt32LE(4)]
  const header = parseJson(Buffer.from(bytes(headerLength)).toString()) as Header
  return { header, body: bytes(bodyLength) }
}

function bytes(length: number): Uint8Array {
  if (length > room.length) room = new Uint8Array(2 ** Math.ceil(Math.log2(length)))
  const part = room.subarray(0, length)
  for (let at = 0; at < length; ) {
    const count = readSync(0, part, at, length - at, null)
    if (count === 0) process.exit(0)
    at += count
  }
  return part
}

function answer(value: Record<string, unknown>): void {
  write(ANSWERS, Buffer.from(`${stringifyJson(value)}\n`))
}

function write(descriptor: number, content: Uint8Array): void {
  for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at)
}

/** While it scans, this process does not notice that the one it works for has died; a thread of its own does. */
const ORPHAN_WATCH = `
const parent = process.ppid
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500)
`
new Worker(ORPHAN_WATCH, { eval: true })

const engine = (process.argv[2] === 'wasm' ? undefined : nativeEngine()) ?? wasmEngine()
const { header: first, body } = nextFrame()
const rules = load(first, body)
answer({ number: first.number, ready: engine.vendor })
for (;;) {
  const { header, body: content } = nextFrame()
  try {
    if (!header.variables) throw new TypeError('the artifact has no variables')
    answer({ number: header.number, matches: rules.scan(content, header.variables) })
  } catch (error) {
    answer({ number: header.number, failure: error instanceof Error ? error.message : String(error) })
  }
}

/** Ends the process where they cannot be used together. */
function load({ number, serialized }: Header, body: Uint8Array): CompiledRules {
  try {
    if (serialized) {
      if (!engine.load) throw new TypeError('this build takes texts only')
      return engine.load(body)
    }
    const given = parseJson(Buffer.from(body).toString()) as Load
    return 'texts' in given ? engine.compile(given.texts) : find(given.sources, given.careful, number)
  } catch (error) {
    answer({ number, unusable: problemOf(error instanceof Error ? error.message : String(error)).reason })
    process.exit(1)
  }
}

function find(sources: RuleSource[], careful: boolean, number: number): CompiledRules {
  const { plan, compiled } = planRules(sources, engine, { careful, at: (at) => careful && answer({ number, at }) })
  const serialized = compiled.serialize?.() ?? new Uint8Array()
  answer({ number, plan, serialized: serialized.length })
  write(SERIALIZED, serialized)
  return compiled
}
