import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { familyVote } from '../polyscore/family.ts'
import type { ArtifactReport } from './artifact-report.ts'
import { columnsOf, wrapped } from './columns.ts'
import { defangedUrl } from './defanged-url.ts'
import { reportText } from './report-text.ts'

const NCT = 10n ** 18n

const report: ArtifactReport = {
  name: 'invoice.exe',
  artifactType: 'file',
  sha256: 'ab'.repeat(32),
  score: {
    probability: 0.971,
    interval: [0.88, 0.993],
    reasons: [
      'alpha says malicious: malicious is 12 times as likely (right on 95 of 100 malicious and 98 of 100 benign).',
    ],
  },
  engines: [
    { name: 'alpha', verdict: 'malicious', bid: NCT / 2n, family: 'Trojan:Win32/Emotet.A!ml', note: '' },
    { name: 'beta', verdict: 'benign', bid: NCT / 16n, family: '', note: '' },
    { name: 'gamma', verdict: null, bid: NCT, family: '', note: 'not revealed' },
  ],
  family: familyVote(['Trojan:Win32/Emotet.A!ml']),
  truth: 'malicious',
  votes: { malicious: 2, total: 3 },
  cost: { reward: 2n * NCT, fee: NCT / 16n, refund: 0n },
  notes: [],
}

describe('reportText', () => {
  it('is read at a glance', () => {
    expect(reportText(report)).toBe(`invoice.exe
  PolyScore  0.97 malicious (0.88 to 0.993 with 95 % certainty)
  Engines    1 of 2 say malicious
  Family     Emotet (Emotet 1)
  Truth      malicious (2 of 3 arbiters)
  Cost       2.0625 NCT (reward 2, fee 0.0625)
  SHA-256    abababababababababababababababababababababababababababababababab

  engine  verdict    bid (NCT)  family
  alpha   malicious        0.5  Trojan:Win32/Emotet.A!ml
  beta    benign        0.0625
  gamma   -                  1  not revealed

  Why
  - alpha says malicious: malicious is 12 times as likely (right on 95 of 100
    malicious and 98 of 100 benign).
`)
  })

  it('says so where nobody has answered', () => {
    const nobody = {
      ...report,
      score: null,
      engines: [],
      family: familyVote([]),
      truth: null,
      votes: { malicious: 0, total: 0 },
    }
    expect(reportText({ ...nobody, notes: ['Nobody has answered within the time.'] })).toContain(
      'none: no engine has given a verdict',
    )
  })

  it('has colours only where they are asked for, and never shows a score as certain', () => {
    expect(reportText(report)).not.toContain('\u001b')
    expect(reportText(report, { color: true })).toContain('\u001b[31m')
    const sure = { ...report, score: { probability: 1, interval: [1, 1] as [number, number], reasons: [] } }
    expect(reportText(sure)).toContain('0.999 malicious')
  })

  it('keeps to the width of the terminal and to printable text, whatever engines and names are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 120 })
    const engine = fc.record({
      name: text,
      verdict: fc.constantFrom('malicious' as const, 'benign' as const, null),
      bid: fc.option(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })),
      family: text,
      note: text,
    })
    fc.assert(
      fc.property(
        fc.array(engine, { maxLength: 8 }),
        text,
        fc.array(text, { maxLength: 3 }),
        fc.constantFrom('file' as const, 'url' as const),
        fc.constantFrom(40, 80, 150),
        (engines, name, notes, artifactType, width) => {
          const hostile = {
            ...report,
            name,
            artifactType,
            engines,
            notes,
            family: familyVote(engines.map((e) => e.family)),
          }
          const written = reportText(hostile, { width })
          expect(written).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u)
          for (const line of written.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(width)
        },
      ),
    )
  })
})

describe('wrapped', () => {
  it('loses nothing but blanks, and keeps to its columns', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const lines = wrapped(text, columns)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

describe('defangedUrl', () => {
  it.each([
    ['http://a.b.example', 'hxxp://a[.]b[.]example'],
    ['HTTPS://user:x@evil.example:8080/p.q?r=s.t#u', 'HxxPS://user:x@evil[.]example:8080/p.q?r=s.t#u'],
    ['evil.example/x', 'evil[.]example/x'],
    ['', ''],
  ])('%s', (url, expected) => {
    expect(defangedUrl(url)).toBe(expected)
  })
})
