import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { YaraBackend } from '@polyswarm/participants'
import { type Comparison, compare, seconds, succeeds } from './comparison.ts'
import type { Corpus } from './corpus.ts'

/** What thousands of rules cost. */
export interface RuleSetResult extends Comparison {
  rules: number
  files: number
  /** From nothing to a backend that is ready. */
  startSeconds: number
  /** What `yarac` takes to compile the same rules. */
  theirStartSeconds: number
  /** MiB of each process that scans, when it is ready. */
  memory: number[]
}

const RULES = 12_000
const RULES_PER_FILE = 100

/**
 * Scans files with 12,000 rules that are generated, the same each time, in 120 files; beside `yara` with the same rules
 * compiled. Null where there is no `yara`.
 */
export async function compareRuleSet(directory: string, corpus: Corpus): Promise<RuleSetResult | null> {
  if (!existsSync('/usr/bin/yarac')) return null
  const rules = join(directory, 'rules')
  await mkdir(rules)
  const files: string[] = []
  for (let first = 0; first < RULES; first += RULES_PER_FILE) {
    const file = join(rules, `${String(first).padStart(5, '0')}.yar`)
    await writeFile(file, Array.from({ length: RULES_PER_FILE }, (_, i) => rule(first + i)).join('\n'))
    files.push(file)
  }
  const compiled = join(directory, 'rules.compiled')
  const theirStartSeconds = await seconds(() => succeeds('yarac', ['-w', ...files, compiled]))
  const backend = new YaraBackend(rules)
  const startSeconds = await seconds(() => backend.setup())
  const memory = await memoryOfChildren()
  // It is set up, and stays so.
  const threads = String(Math.min(4, navigator.hardwareConcurrency))
  const theirs = () => succeeds('yara', ['-w', '-C', '-p', threads, compiled, corpus.directory])
  const [comparison] = await compare(corpus, [backend], theirs)
  return { rules: RULES, files: files.length, startSeconds, theirStartSeconds, memory, ...comparison }
}

/** In words. */
export function ruleSetText(result: RuleSetResult | null): string {
  if (result === null) return 'yara with thousands of rules: not measured, yara is not installed'
  const { rules, files, startSeconds, theirStartSeconds, memory, ours, theirs, ratio } = result
  return (
    `yara with ${rules} rules in ${files} files: ready after ${startSeconds.toFixed(1)} s (yarac ${theirStartSeconds.toFixed(1)} s), ` +
    `processes of ${memory.map((mebibytes) => mebibytes.toFixed(0)).join(' and ')} MiB, ` +
    `${ours.toFixed(0)} files/s, yara -C ${theirs.toFixed(0)}: ratio ${ratio.toFixed(2)}`
  )
}

/** A rule of the kind that is generated from malware: texts, wide and narrow, bytes with a gap, a regular expression. */
function rule(index: number): string {
  const random = generator(index + 1)
  const word = (length: number): string =>
    Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
  const bytes = (count: number): string =>
    Array.from({ length: count }, () =>
      Math.floor(random() * 256)
        .toString(16)
        .padStart(2, '0'),
    ).join(' ')
  return `rule Generated_${index} {
  meta:
    family = "Family.${word(6)}"
  strings:
    $text = "${word(12)}"
    $wide = "${word(10)}" wide ascii nocase
    $bytes = { ${bytes(6)} ?? ${bytes(6)} }
    $pattern = /${word(8)}[0-9]{2,5}${word(4)}/
  condition:
    uint16(0) == 0x5a4d and 2 of them or $text and filesize < ${1 + (index % 9)}MB
}`
}

/** The same numbers each time, from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function memoryOfChildren(): Promise<number[]> {
  const children = (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).split(' ').filter(Boolean)
  const sizes = await Promise.all(
    children.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(status) ?? []
      return Number(kibibytes) / 1024
    }),
  )
  return sizes
}
