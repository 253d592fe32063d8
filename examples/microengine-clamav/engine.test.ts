import { afterEach, expect, test, vi } from 'vitest'
import { hasClamd, skipNote, startClamd } from '../../participants/src/backends/clamav/clamd.fixture.ts'
import { EICAR, judge } from '../judge.fixture.ts'
import ClamavMicroengine from './engine.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test.skipIf(!hasClamd)(`asks the clamd that the environment names${skipNote}`, async () => {
  const clamd = await startClamd()
  try {
    vi.stubEnv('CLAMD', clamd.socket)
    expect(await judge(new ClamavMicroengine(), [EICAR, 'a letter'])).toMatchObject([
      { outcome: 'malicious' },
      { outcome: 'benign' },
    ])
  } finally {
    await clamd.stop()
  }
})
