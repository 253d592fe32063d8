// An engine inside a program of your own: KEYFILE, PASSWORD, POLYSWARMD_ADDR, POLYSWARM_MARKET and JOURNAL say with which
// account it takes part, and where. SIGINT and SIGTERM end it; what it has promised is kept when it is started again.
import { openKeystore, startMicroengine } from '@polyswarm/participants'
import engine from './my-eicar.ts'

const { KEYFILE = 'keyfile', PASSWORD = '', POLYSWARMD_ADDR, POLYSWARM_MARKET, JOURNAL } = process.env

const running = await startMicroengine({
  engine,
  account: await openKeystore(KEYFILE, PASSWORD),
  ...(POLYSWARMD_ADDR && { polyswarmd: POLYSWARMD_ADDR }),
  ...(POLYSWARM_MARKET && { market: POLYSWARM_MARKET }),
  ...(JOURNAL && { journal: JOURNAL }),
})
process.stdout.write(`${running.account} takes part\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => running.stop())
await running.ended
