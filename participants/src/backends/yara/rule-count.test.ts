import { expect, it } from 'vitest'
import { ruleCount } from './rule-count.ts'

it.each([
  ['nothing', '', 0],
  [
    'rules of all kinds',
    'rule A {condition: true} private rule B {condition: true} global\nprivate\trule C{condition:true}',
    3,
  ],
  ['comments', '// rule A\n/* rule B\n rule C */ rule /* rule D */ E { condition: true } // rule F', 1],
  ['texts', 'rule A { meta: s = "rule \\" rule" strings: $a = "// rule" condition: $a } rule B {condition: true}', 2],
  ['regular expressions', 'rule A { strings: $a = /rule "\\/ rule/ nocase condition: $a } rule B {condition: true}', 2],
  [
    'names that look like it',
    'rule rules { strings: $rule = "a" condition: $rule and my_rule.rule } rule _rule {condition: true}',
    2,
  ],
  ['an end in the middle', 'rule A { condition: true } /* rule B', 1],
  ['a text without an end', 'rule A "\\', 1],
])('counts the rules of %s', (_, text, count) => {
  expect(ruleCount(text)).toBe(count)
})
