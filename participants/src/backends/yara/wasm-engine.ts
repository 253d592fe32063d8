import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Compiler, initSync } from '@virustotal/yara-x'
import { EXTERNAL_VARIABLES, NO_VARIABLES } from './external-variables.js'
import { MATCHES_PER_PATTERN, problemOf, type YaraEngine } from './yara-engine.js'

interface WasmMatch {
  identifier: string
  isPrivate: boolean
  metadata?: { identifier: string; value: unknown }[]
}

/** The WebAssembly build, which is there on every machine. */
export function wasmEngine(): YaraEngine {
  const wasm = fileURLToPath(import.meta.resolve('@virustotal/yara-x')).replace(/yara_x_js\.js$/, 'yara_x_js_bg.wasm')
  initSync({ module: readFileSync(wasm) })
  return {
    vendor: 'YARA-X 1.20.0',
    problem: (text) => {
      using compiler = newCompiler()
      try {
        compiler.addSource(text)
        return undefined
      } catch (error) {
        return problemOf(error instanceof Error ? error.message : String(error))
      }
    },
    compile: (texts) => {
      const compiler = newCompiler()
      for (const [index, text] of texts.entries()) {
        compiler.newNamespace(`file${index}`)
        compiler.addSource(text)
      }
      const scanner = compiler.build().scanner()
      scanner.setMaxMatchesPerPattern(MATCHES_PER_PATTERN)
      return {
        scan: (content, variables) => {
          for (const name of EXTERNAL_VARIABLES) scanner.setGlobal(name, variables[name])
          // Private rules are there for others to build on, and are told of all the same.
          const { matches } = scanner.scan(content) as { matches: WasmMatch[] }
          return matches
            .filter(({ isPrivate }) => !isPrivate)
            .map(({ identifier, metadata = [] }) => ({
              identifier,
              meta: Object.fromEntries(metadata.map((entry) => [entry.identifier, entry.value])),
            }))
        },
      }
    },
  }
}

function newCompiler(): Compiler {
  const compiler = new Compiler()
  for (const name of EXTERNAL_VARIABLES) compiler.defineGlobal(name, NO_VARIABLES[name])
  return compiler
}
