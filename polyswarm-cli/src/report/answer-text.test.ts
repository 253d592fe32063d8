import { instanceResult } from '@polyswarm/protocol/consumer'
import { columnsOf } from '@polyswarm/protocol/polyscore'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerText } from './answer-text.ts'
import { conclusionOf } from './conclusion.ts'

const NOW = Date.parse('2026-01-02T12:00:00Z')

function instanceOf(changes: object = {}) {
  return instanceResult.parse({
    ...{ id: '7', artifact_id: '7', type: 'FILE', filename: 'invoice.exe', community: 'default', country: '' },
    ...{ created: '2026-01-02T09:00:00.000000', sha256: 'ab'.repeat(32), sha1: null, md5: null, size: 9 },
    ...{ mimetype: null, extended_type: null, first_seen: null, last_scanned: null, last_seen: null, upload_url: null },
    ...{ failed: false, failed_reason: null, window_closed: true, result: null, polyscore: 0.97, detections: null },
    ...{ assertions: [], votes: [], metadata: [], permalink: null, state: 'judged', bounty: null, score: null },
    ...{ truth: null, families: null, cost: null, private: false, expires: null, answered_by: null, disputes: null },
    ...{ disputed_by: [], ...changes },
  })
}

const textOf = (changes: object, known = false, width?: number): string =>
  answerText({ target: 'mail/invoice.exe', instance: instanceOf(changes), known }, { color: false, now: NOW, width })

const assertion = (name: string, verdict: boolean | null, bid: string) => ({
  ...{ author: `0x${name}`, author_name: name, engine: { name, description: null }, bid, mask: true, verdict },
  metadata: { malware_family: verdict ? 'Emotet' : '' },
})

it('tells a whole answer', () => {
  const text = textOf(
    {
      score: { probability: 0.97, low: 0.88, high: 0.99, engines: [], reasons: ['alpha is right often.'] },
      assertions: [assertion('beta', false, '1'.padEnd(18, '0')), assertion('alpha', true, '5'.padEnd(19, '0'))],
      bounty: {
        ...{ guid: 'g', index: 0, artifacts: 1, phase: 'vote', block: 9, expiration: 5, reveal_end: 8, vote_end: 20 },
        answered: [
          { author: '0xalpha', name: 'alpha' },
          { author: '0xgamma', name: 'gamma' },
        ],
      },
      families: { name: 'Emotet', votes: [{ name: 'Emotet', votes: 1 }] },
      truth: true,
      votes: [
        { arbiter: '0xA', arbiter_name: 'a', engine: { name: 'a', description: null }, vote: true, metadata: null },
      ],
      cost: { reward: '2'.padEnd(19, '0'), fee: '625'.padEnd(17, '0'), refund: '0' },
    },
    true,
  )
  expect(text).toBe(`mail/invoice.exe
  PolyScore  0.97 malicious (0.88 to 0.99 with 95 % certainty)
  Engines    1 of 2 say malicious
  Family     Emotet (Emotet 1)
  Truth      malicious (1 of 1 arbiters)
  Cost       2.0625 NCT (reward 2, fee 0.0625)
  SHA-256    abababababababababababababababababababababababababababababababab

  engine  verdict    bid (NCT)  family
  alpha   malicious          5  Emotet
  beta    benign           0.1
  gamma   -                     not revealed

  Why
  - alpha is right often.
  - From the record, 3 hours old: nobody was asked. scan --fresh asks anew.
  - Submission 7, 2026-01-02 09:00 UTC.

`)
})

it('is no wider than the terminal, whatever strangers write', () => {
  const stranger = fc.string({ unit: 'binary', maxLength: 256 })
  fc.assert(
    fc.property(
      stranger,
      fc.boolean(),
      fc.constantFrom('FILE', 'URL'),
      fc.constantFrom(60, 80, 120),
      (text, flag, type, width) => {
        const changes = {
          ...{ type, filename: text, failed: flag, failed_reason: text, window_closed: !flag },
          assertions: [
            { ...assertion('x', flag, '9'.repeat(77)), author_name: text, metadata: { malware_family: text } },
          ],
          families: { name: text, votes: [{ name: text, votes: 3 }] },
          disputes: { instance: '8', reason: text },
        }
        const shown = textOf(changes, flag, width)
        for (const line of shown.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(width)
        expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u)
      },
    ),
  )
})

it.each([
  [{ truth: false, polyscore: 0.99 }, 'benign', 'truth'],
  [{ truth: true, polyscore: null, window_closed: false }, 'malicious', 'truth'],
  [{ window_closed: false }, 'open', 'nothing'],
  [{ polyscore: 0.7 }, 'malicious', 'score'],
  [{ polyscore: 0.69 }, 'undecided', 'score'],
  [{ polyscore: 0.29 }, 'benign', 'score'],
  [{ polyscore: null }, 'undecided', 'nothing'],
  [{ polyscore: null, assertions: [assertion('a', true, '1')] }, 'malicious', 'engines'],
  [{ polyscore: null, assertions: [assertion('a', true, '1'), assertion('b', false, '1')] }, 'undecided', 'engines'],
  [{ polyscore: null, assertions: [assertion('a', null, '1')] }, 'undecided', 'nothing'],
])('%o comes to %s by %s', (changes, outcome, because) => {
  expect(conclusionOf(instanceOf(changes))).toEqual({ outcome, because })
})
