import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'oxc-parser'
import { analyse } from 'scslre'
import { expect, it } from 'vitest'

/**
 * No regular expression in our programs takes more than linear time, whatever the text. Those below do, and what they are
 * given is short or our own.
 */
const BOUNDED: Record<string, string> = {
  'create-microengine/src/make-project.ts': 'lines of our own template',
  'participants/src/client/gateway-url.ts': 'an address from the command line',
  'polyswarmd/src/artifacts/kubo/kubo-rpc.ts': 'an address from the settings',
  'polyswarmd/src/chain/revert-reason.ts': 'names of errors in our own ABIs',
  'polyswarmd/src/openapi/document.ts': 'paths of our own routes',
  'protocol/src/amount.ts': '18 digits',
  'protocol/src/polyscore/family.ts': 'words of labels that are cut at 200 characters',
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Pattern {
  pattern: string
  flags: string
}

function patternsIn(file: string, text: string): Pattern[] {
  const found: Pattern[] = []
  const visitor = new Visitor({
    Literal: (node) => {
      if ('regex' in node) found.push(node.regex)
    },
  })
  visitor.visit(parseSync(file, text).program)
  return found
}

/** By how it could be slow: backtracking within a match, or trying again from each character. */
function problemsOf({ pattern, flags }: Pattern): string[] {
  return analyse({ source: pattern, flags }).reports.map(({ type }) => type)
}

it.each([
  ['starts again at each digit', '\\d+ path=([^\\n]*)\\n'],
  ['exponential', '^(a+)+$'],
  ['trailing blanks', '\\s+$'],
])('a slow pattern is noticed: %s', (_name, pattern) => {
  expect(problemsOf({ pattern, flags: '' })).not.toEqual([])
})

it('there is no other slow pattern than those that are listed', () => {
  const sources = globSync(
    '{protocol,polyswarmd,participants,consumer,devnet,polyswarm-cli,create-microengine}/src/**/*.ts',
    {
      cwd: ROOT,
    },
  )
  const slow = sources
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
    .filter((file) =>
      patternsIn(file, readFileSync(`${ROOT}/${file}`, 'utf8')).some((each) => problemsOf(each).length > 0),
    )
  expect(slow.sort()).toEqual(Object.keys(BOUNDED))
})
