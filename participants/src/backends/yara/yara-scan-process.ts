import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { Compiler, initSync } from '@virustotal/yara-x'

/**
 * Runs in a thread of its own: compiles the rules, then scans what it is sent. It has no time limit; the one that waits for
 * an answer ends the whole thread.
 */
interface Work {
  sources: { file: string; text: string }[]
}

const wasm = fileURLToPath(import.meta.resolve('@virustotal/yara-x')).replace(/yara_x_js\.js$/, 'yara_x_js_bg.wasm')
initSync({ module: readFileSync(wasm) })

const { sources } = workerData as Work
const compiler = new Compiler()
const problems: string[] = []
for (const [index, { file, text }] of sources.entries()) {
  compiler.newNamespace(`file${index}`)
  try {
    compiler.addSource(text)
  } catch (error) {
    problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

if (problems.length > 0) {
  parentPort?.postMessage({ problems })
} else {
  const scanner = compiler.build().scanner()
  parentPort?.on('message', ({ content }: { content: Uint8Array }) => {
    try {
      parentPort?.postMessage({ result: scanner.scan(content) })
    } catch (error) {
      parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) })
    }
  })
  parentPort?.postMessage({ ready: true })
}
