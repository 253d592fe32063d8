import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eicarTestFile } from '../artifacts/eicar.ts'
import { BackendError, InvalidGatewayAddressError, JournalLockedError } from '../errors.ts'
import { benign } from '../findings/finding.ts'
import { SteppedMarket } from '../stepped-market.fixture.ts'
import { defineMicroengine } from './define-microengine.ts'
import { startMicroengine } from './start-microengine.ts'

const EXAMPLE = fileURLToPath(new URL('../../../examples/engine-in-a-program.ts', import.meta.url))
const logger = pino({ level: 'silent' })
const harmless = defineMicroengine({ name: 'harmless', scan: () => benign() })

let stepped: SteppedMarket

beforeEach(async () => {
  stepped = (await SteppedMarket.start()).market
})

afterEach(async () => {
  await stepped.stop()
})

it('an engine in a program of its own asserts, reveals, and is paid; SIGTERM ends it', async () => {
  const { market } = stepped
  const { engine } = market.accounts
  await stepped.arbiter()
  const program = spawn(process.execPath, [EXAMPLE], {
    env: {
      ...process.env,
      KEYFILE: engine.keyfile,
      PASSWORD: 'correct horse',
      POLYSWARMD_ADDR: market.url,
      JOURNAL: join(market.directory, 'example.sqlite'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (chunk) => (output += chunk))
  const exited = once(program, 'exit')
  await stepped.until(() => program.exitCode !== null || output.includes(`${engine.account.address} takes part`))
  const sent = async () => {
    const { address } = engine.account
    const count = (blockTag: 'pending' | 'latest') => market.node.getTransactionCount({ address, blockTag })
    return program.exitCode !== null || (await count('pending')) > (await count('latest'))
  }
  const before = await market.balanceOf(engine.account.address)
  await stepped.post([[eicarTestFile()]], 6)
  await stepped.mineUntil(async () => (await market.events('NewBounty')).length > 0)
  // The chain stands still until the program has sent what is due, so that it is late for nothing.
  for (const event of ['NewAssertion', 'RevealedAssertion'] as const) {
    await stepped.until(async () => {
      if (await sent()) return true
      const [bounty] = await market.events('NewBounty')
      const head = await market.node.getBlockNumber({ cacheTime: 0 })
      if (event === 'RevealedAssertion' && head < (bounty?.args.expirationBlock ?? 0n)) await stepped.mine()
      return false
    })
    await stepped.mineUntil(async () => (await market.events(event)).length > 0)
  }
  await stepped.mineUntil(async () => (await market.balanceOf(engine.account.address)) > before)
  program.kill('SIGTERM')
  expect(await exited, output).toEqual([0, null])
})

it('says what is wrong, and ends when it is told to while polyswarmd does not answer', async () => {
  const account = privateKeyToAccount(generatePrivateKey())
  const journal = join(stepped.market.directory, 'own.sqlite')
  const options = { engine: harmless, account, journal, logger }
  await expect(startMicroengine({ ...options, polyswarmd: 'nonsense://x' })).rejects.toThrow(InvalidGatewayAddressError)

  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const stop = new AbortController()
  const starting = startMicroengine({ ...options, polyswarmd: `127.0.0.1:${port}`, signal: stop.signal })
  await once(silent, 'connection')
  stop.abort(new Error('no longer wanted'))
  await expect(starting).rejects.toThrow(/no longer wanted|abort/i)
  silent.close()

  const broken = defineMicroengine({
    name: 'broken',
    setup: async () => Promise.reject(new Error('no signatures')),
    scan: () => benign(),
  })
  const polyswarmd = stepped.market.url
  await expect(startMicroengine({ ...options, polyswarmd, engine: broken })).rejects.toThrow(BackendError)

  const running = await startMicroengine({ ...options, polyswarmd })
  expect(running.account).toBe(account.address)
  await expect(startMicroengine({ ...options, polyswarmd })).rejects.toThrow(JournalLockedError)
  await running.stop()
  const again = await startMicroengine({ ...options, polyswarmd })
  await again.stop()
  await again.ended
})
