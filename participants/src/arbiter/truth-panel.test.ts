import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BackendFinding } from '../findings/backend-finding.ts'
import { abstain, benign, type Finding, malicious, suspicious, unknown } from '../findings/finding.ts'
import { type PanelRules, panelTruth } from './truth-panel.ts'

const RULES: PanelRules = { trusted: [], weights: {}, quorum: 0.5, majority: 0.5 }
const FINDINGS: Record<string, Finding> = {
  m: malicious(),
  b: benign(),
  u: unknown(),
  s: suspicious(),
  a: abstain('not mine'),
  f: abstain('x failed: broken'),
  p: unknown({ unseen: 'encrypted' }),
}

/** Letters of {@link FINDINGS}; the backends are called 0, 1, … */
const panel = (letters: string): BackendFinding[] =>
  [...letters].map((letter, index) => ({ backend: String(index), finding: FINDINGS[letter] ?? unknown() }))
const verdictOf = (letters: string, rules: Partial<PanelRules> = {}) =>
  panelTruth(panel(letters), { ...RULES, ...rules }).verdict

it.each([
  ['mmb', {}, 'malicious'],
  ['bbm', {}, 'benign'],
  ['mb', {}, undefined],
  // Half must answer.
  ['mu', {}, 'malicious'],
  ['muu', {}, undefined],
  ['mua', { quorum: 0 }, 'malicious'],
  ['uu', { quorum: 0 }, undefined],
  // More than two thirds.
  ['mmb', { majority: 2 / 3 }, undefined],
  ['mmmb', { majority: 2 / 3 }, 'malicious'],
  // Weights count in quorum and majority.
  ['mbb', { weights: { 0: 3 } }, 'malicious'],
  ['muu', { weights: { 0: 2 } }, 'malicious'],
  // A trusted one alone; two that contradict each other know nothing.
  ['mbb', { trusted: ['0'] }, 'malicious'],
  ['bmm', { trusted: ['0'] }, 'benign'],
  ['mbb', { trusted: ['0', '1'] }, undefined],
  ['ubb', { trusted: ['0'] }, 'benign'],
  // Benign only where nobody is suspicious and all was seen.
  ['bbbs', {}, undefined],
  ['bbbp', {}, undefined],
  ['bp', { trusted: ['0'] }, undefined],
  ['mmms', {}, 'malicious'],
] as const)('%s with %j is %s', (letters, rules, truth) => {
  expect(verdictOf(letters, rules)).toBe(truth)
})

it('tells what failed, so that it is asked again', () => {
  expect(panelTruth(panel('ff'), RULES)).toMatchObject({ verdict: undefined, failed: true })
  expect(panelTruth(panel('uu'), RULES)).toMatchObject({ verdict: undefined, failed: false })
  expect(panelTruth(panel('mmf'), RULES)).toMatchObject({ verdict: 'malicious', failed: true })
})

it('does not depend on the order of its backends, and no opinion less makes it benign', () => {
  const letters = fc.array(fc.constantFrom(...'mbusafp'), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(letters, (list) => {
      const straight = verdictOf(list.join(''))
      expect(verdictOf(list.toReversed().join(''))).toBe(straight)
      if (straight === 'benign') expect(list).not.toContain('s')
      if (straight === 'malicious') expect(verdictOf(`${list.join('')}m`)).toBe('malicious')
    }),
  )
})
