import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Compiler, initSync, type Scanner } from '@virustotal/yara-x'
import { EXTERNAL_VARIABLES, NO_VARIABLES } from './external-variables.js'
import { type EngineMatch, MATCHES_PER_PATTERN, problemOf, type YaraEngine } from './yara-engine.js'

interface WasmMatch {
  identifier: string
  isPrivate: boolean
  metadata?: { identifier: string; value: unknown }[]
}

/** The WebAssembly build, which is there on every machine. Each file of rules is a name space of its own. */
export function wasmEngine(): YaraEngine {
  const wasm = fileURLToPath(import.meta.resolve('@virustotal/yara-x')).replace(/yara_x_js\.js$/, 'yara_x_js_bg.wasm')
  initSync({ module: readFileSync(wasm) })
  return {
    vendor: 'YARA-X 1.20.0',
    hasNamespaces: true,
    problems: (text, external) => {
      using compiler = newCompiler(external)
      try {
        compiler.addSource(text)
        return []
      } catch (error) {
        return [problemOf(error instanceof Error ? error.message : String(error))]
      }
    },
    compile: ({ plain, external }) => {
      const withoutVariables = scannerOf(plain.flat(), false)
      const withVariables = scannerOf(external, true)
      return (content, variables) => {
        for (const name of EXTERNAL_VARIABLES) withVariables?.setGlobal(name, variables[name])
        return [withoutVariables, withVariables].flatMap((scanner) => (scanner ? matchesOf(scanner, content) : []))
      }
    },
  }
}

/** Undefined where there are no rules: to find nothing takes as long as to find something. */
function scannerOf(texts: readonly string[], external: boolean): Scanner | undefined {
  if (texts.length === 0) return undefined
  const compiler = newCompiler(external)
  for (const [index, text] of texts.entries()) {
    compiler.newNamespace(`file${index}`)
    compiler.addSource(text)
  }
  const scanner = compiler.build().scanner()
  scanner.setMaxMatchesPerPattern(MATCHES_PER_PATTERN)
  return scanner
}

function newCompiler(external: boolean): Compiler {
  const compiler = new Compiler()
  if (external) for (const name of EXTERNAL_VARIABLES) compiler.defineGlobal(name, NO_VARIABLES[name])
  return compiler
}

/** Private rules are there for others to build on, and are told of all the same. */
function matchesOf(scanner: Scanner, content: Uint8Array): EngineMatch[] {
  const { matches } = scanner.scan(content) as { matches: WasmMatch[] }
  return matches
    .filter(({ isPrivate }) => !isPrivate)
    .map(({ identifier, metadata = [] }) => ({
      identifier,
      meta: Object.fromEntries(metadata.map((entry) => [entry.identifier, entry.value])),
    }))
}
