import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds that a look at an artifact takes. */
const MS = Number(process.env.LOOK ?? 50)

/** A backend that does nothing with an artifact, by sleeping or by burning processor time. */
const backend = {
  name: 'timed',
  versions: {},
  setup: async () => undefined,
  teardown: async () => undefined,
  analyze: async () => {
    if (process.env.BURN === '1') for (const end = performance.now() + MS; performance.now() < end; );
    else await delay(MS)
    return { outcome: 'benign', confidence: 1 }
  },
}

export default backend
