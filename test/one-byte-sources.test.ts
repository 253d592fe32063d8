import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { BUNDLED, escapeBeyondLatin1 } from '../rolldown.config.ts'
import { ROOT } from './support/markdown.ts'

it.each(BUNDLED)(
  'the programs of %s hold no character for which their sources would be kept in two bytes each',
  (of) => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, of, 'package.json'), 'utf8')) as { bin: Record<string, string> }
    const files = [...loadedBy(Object.values(bin).map((file) => join(ROOT, of, file)))]
    expect(files.length).toBeGreaterThan(Object.keys(bin).length)
    expect(files.filter((file) => /[\u0100-\uffff]/.test(readFileSync(file, 'utf8')))).toEqual([])
  },
)

it('code means the same without characters beyond Latin-1', () => {
  const codes = ["'a – b 🚀 ü'", '`– \\–`', "'\\\\–'", "/^[–🚀]$/u.test('🚀')", "/–\\…/.test('–…')", "({ Σ: 'ψ' }).Σ"]
  for (const code of codes) {
    const escaped = escapeBeyondLatin1(code)
    expect(escaped).not.toMatch(/[\u0100-\uffff]/)
    expect(runInNewContext(escaped), escaped).toEqual(runInNewContext(code))
  }
})

/** The files of programs, and those beside them that they load now or later. */
function loadedBy(programs: readonly string[]): Set<string> {
  const loaded = new Set(programs)
  for (const file of loaded) {
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\(?) *"\.\/([\w.-]+\.js)"/g)) {
      loaded.add(join(dirname(file), name))
    }
  }
  return loaded
}
