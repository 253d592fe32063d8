import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../errors.ts'
import { malicious } from '../findings/finding.ts'
import { isAccepted, parseFilterRules, weighConfidence } from './bounty-filter.ts'

const metadata = {
  mimetype: 'text/html',
  filesize: '1200',
  filename: `${'a'.repeat(40)}!`,
  sha256: null,
  nested: { a: 1 },
}
const accept = async (...words: string[]) =>
  isAccepted(await parseFilterRules('--filter', ['accept', ...words], ['accept', 'reject']), metadata)

describe('filters', () => {
  it.each([
    [['filesize', '<', '1201'], true],
    [['filesize', '<', '1200'], false],
    [['filesize', '<=', '1200'], true],
    [['filesize', '>=', '1200'], true],
    [['filesize', '>', '1200'], false],
    [['mimetype', '==', 'text/html'], true],
    [['mimetype', '==', 'text'], false],
    [['mimetype', 'contains', '/ht'], true],
    [['mimetype', 'startswith', 'text/'], true],
    [['mimetype', 'endswith', 'html'], true],
    [['mimetype', 'regex', '^text/(html|plain)$'], true],
    [['mimetype', '>', '5'], false],
    [['sha256', 'contains', 'n'], false],
    [['nowhere', '==', ''], false],
    [['constructor', 'contains', 'Object'], false],
    [['nested', 'contains', '"a":1'], true],
  ])('%j: %s', async (words, expected) => {
    expect(await accept(...words)).toBe(expected)
  })

  it('need one accept to match, and no reject', async () => {
    const rules = (text: string) => parseFilterRules('--filter', text.split(' '), ['accept', 'reject'])
    expect(isAccepted([], metadata)).toBe(true)
    expect(isAccepted(await rules('accept mimetype == x/y accept filesize > 5'), metadata)).toBe(true)
    expect(isAccepted(await rules('accept filesize > 5 reject mimetype contains html'), metadata)).toBe(false)
    expect(isAccepted(await rules('reject mimetype == x/y'), metadata)).toBe(true)
  })

  it('are not held up by a text that would make a pattern run forever, and judge it for what it is', async () => {
    expect(await accept('filename', 'regex', '^(a+)+$')).toBe(false)
    expect(await accept('filename', 'regex', '^(a+)+!$')).toBe(true)
  })

  it('raise or lower confidence once, and never above 1', async () => {
    const weigh = async (text: string, confidence = 0.5) =>
      weighConfidence(
        await parseFilterRules('--confidence', text.split(' '), ['favor', 'penalize']),
        metadata,
        malicious({ confidence }),
      ).confidence
    expect(await weigh('favor mimetype contains html favor filesize > 1')).toBeCloseTo(0.6)
    expect(await weigh('penalize mimetype contains html')).toBeCloseTo(0.4)
    expect(await weigh('favor mimetype contains html penalize filesize > 1')).toBe(0.5)
    expect(await weigh('favor mimetype contains html', 0.95)).toBe(1)
  })

  it.each([
    [['accept', 'a', '==']],
    [['favor', 'a', '==', 'b']],
    [['accept', 'a', 'is', 'b']],
    [['accept', 'a', '<', 'much']],
    [['accept', 'a', 'regex', '(']],
    [['accept', 'a', 'regex', '(?=b)']],
  ])('refuse %j', async (words) => {
    await expect(parseFilterRules('--filter', words, ['accept', 'reject'])).rejects.toThrow(InvalidOptionError)
  })
})
