import { expect, it } from 'vitest'
import { nativeEngine } from './native-engine.ts'
import { planRules } from './rule-planner.ts'
import { wasmEngine } from './wasm-engine.ts'
import type { YaraEngine } from './yara-engine.ts'

const engines = [nativeEngine(), wasmEngine()].filter((engine) => engine !== undefined)

/** Counts what an engine is asked. */
function counted(engine: YaraEngine): { engine: YaraEngine; asked: { problem: number; compile: number } } {
  const asked = { problem: 0, compile: 0 }
  return {
    asked,
    engine: {
      ...engine,
      problem: (text) => {
        asked.problem++
        return engine.problem(text)
      },
      compile: (texts) => {
        asked.compile++
        return engine.compile(texts)
      },
    },
  }
}

/** All of them have a rule of the same name. */
function files(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    file: `${i}.yar`,
    text: `rule Same { strings: $a = "text-${i}-" condition: $a }`,
  }))
}

it.each([1, 50, 200])('compiles %i files with a rule of the same name once, all together', (count) => {
  for (const each of engines) {
    const { engine, asked } = counted(each)
    const { plan } = planRules(files(count), engine, { careful: false, at: () => undefined })
    expect(plan).toEqual({ used: [...Array(count).keys()], former: [], refused: [] })
    expect(asked).toEqual({ problem: 0, compile: 1 })
  }
})

it('looks at each file once where one of them cannot be used, and compiles the others together', () => {
  for (const each of engines) {
    const { engine, asked } = counted(each)
    const sources = files(60).map((source, i) => (i === 30 ? { ...source, text: 'rule Bad { nonsense }' } : source))
    const { plan } = planRules(sources, engine, { careful: false, at: () => undefined })
    expect(plan.used).toHaveLength(59)
    expect(plan.refused).toMatchObject([{ index: 30, line: 1 }])
    expect(asked).toEqual({ problem: 60, compile: 2 })
  }
})

it('hands on compiled rules that find the same', () => {
  for (const engine of engines) {
    const { compiled } = planRules(files(40), engine, { careful: false, at: () => undefined })
    const serialized = compiled.serialize?.()
    if (!serialized) continue
    const again = engine.load?.(serialized)
    const [content, variables] = [
      Buffer.from('text-7- text-30-'),
      { filename: '', filepath: '', extension: '', filetype: '', owner: '' },
    ]
    expect(compiled.scan(content, variables)).toHaveLength(2)
    expect(again?.scan(content, variables)).toEqual(compiled.scan(content, variables))
  }
})
