import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { identifyFile } from '../artifacts/content-identifier.ts'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { entropyOf } from '../artifacts/entropy.ts'
import { contentEntry, examine } from './examine.ts'

describe('examine', () => {
  it.each([0, 1_000, 256 * 1024, 256 * 1024 + 1, 3_000_000])(
    'says of %i bytes what a pass at once says',
    async (size) => {
      const content = new Uint8Array(Buffer.alloc(size, 'some text '))
      const sha256 = createHash('sha256').update(content).digest('hex')
      expect(await examine('sha256', content)).toBe(sha256)
      expect(await examine('hashes', content)).toMatchObject({
        sha256,
        md5: createHash('md5').update(content).digest('hex'),
      })
      expect(await examine('entropy', content)).toBe(entropyOf(content))
      expect(await examine('eicar', content)).toBe(false)
      expect(await contentEntry(content)).toEqual(await identifyFile(content))
      const infected = Buffer.concat([content, eicarTestFile()])
      expect(await examine('eicar', infected)).toBe(true)
    },
  )

  it('does nothing once its time is over', async () => {
    const late = AbortSignal.abort(new Error('too late'))
    await expect(examine('sha256', new Uint8Array(1_000_000), late)).rejects.toThrow('too late')
  })
})
