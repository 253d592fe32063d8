import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueueKey } from './queue-key.ts'
import { parseScanAnswer } from './scan-answer.ts'
import { jobIdOf, parseScanJob, priorityOf, type ScanJob } from './scan-job.ts'
import { seal, unseal } from './sealed-message.ts'

const key = new QueueKey(Buffer.from('correct horse battery staple, 32'))

describe('a sealed message', () => {
  it('is read by who has the key, and shows nothing to others', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), (id, family) => {
        const sealed = seal(key, 'answer', id, { outcome: 'malicious', family })
        expect(unseal(key, 'answer', id, sealed)).toEqual({ outcome: 'malicious', family })
        expect(Buffer.from(sealed, 'base64').includes('malicious')).toBe(false)
      }),
    )
  })

  it('is nothing for another job, as another kind, with another key, or with a byte changed', () => {
    const sealed = seal(key, 'answer', 'one', { outcome: 'benign' })
    expect(unseal(key, 'answer', 'two', sealed)).toBeUndefined()
    expect(unseal(key, 'job', 'one', sealed)).toBeUndefined()
    expect(unseal(new QueueKey(Buffer.from('x'.repeat(32))), 'answer', 'one', sealed)).toBeUndefined()
    const bytes = Buffer.from(sealed, 'base64')
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
      expect(unseal(key, 'answer', 'one', changed.toString('base64'))).toBeUndefined()
    }
  })

  it('takes whatever somebody else has put there for nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.anything()), (value) => {
        expect(unseal(key, 'job', 'one', value)).toBeUndefined()
      }),
    )
    expect(unseal(key, 'job', 'one', 'A'.repeat(1_000_000))).toBeUndefined()
  })
})

describe('what is in it', () => {
  const job: ScanJob = {
    guid: '00000000-0000-4000-8000-000000000001' as never,
    uri: 'QmX',
    numArtifacts: 2,
    index: 1,
    artifactType: 'file',
    metadata: { size: 12 },
    deadline: 1_700_000_000_000,
  }

  it('is checked: a job, an answer, or nothing', () => {
    expect(parseScanJob(job)).toEqual(job)
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseScanJob(value)).toBeUndefined()
        const answer = parseScanAnswer(value)
        if (answer && 'finding' in answer) expect(answer.finding.outcome).toBe('abstain')
      }),
    )
    expect(parseScanJob({ ...job, index: 2 })).toBeUndefined()
    const nonsense = parseScanAnswer({ finding: { verdict: true }, fileType: 'pe', duration: 1, versions: {} })
    expect(nonsense).toMatchObject({ finding: { outcome: 'abstain' } })
  })

  it('is known again after a restart, whatever the deadline is by then', () => {
    expect(jobIdOf({ ...job, deadline: 1 })).toBe(jobIdOf(job))
    expect(jobIdOf({ ...job, index: 0 })).not.toBe(jobIdOf(job))
  })

  it('is in turn by its deadline, whatever the time is, with a priority that BullMQ knows', () => {
    const DAY = 86_400_000
    const now = fc.integer({ min: 0, max: 2 ** 43 })
    const away = fc.integer({ min: -6 * DAY, max: 12 * DAY })
    fc.assert(
      fc.property(now, away, away, (at, one, other) => {
        const [first, second] = [at + Math.min(one, other), at + Math.max(one, other) + 1_000]
        const [early, late] = [priorityOf({ deadline: first }, at), priorityOf({ deadline: second }, at)]
        expect(early).toBeLessThan(late)
        expect(early).toBeGreaterThanOrEqual(1)
        expect(late).toBeLessThanOrEqual(2 ** 21 - 1)
      }),
    )
    fc.assert(
      fc.property(now, fc.integer({ min: 0, max: 2 ** 45 }), (at, deadline) => {
        const priority = priorityOf({ deadline }, at)
        expect(priority).toBeGreaterThanOrEqual(1)
        expect(priority).toBeLessThanOrEqual(2 ** 21 - 1)
      }),
    )
  })
})
