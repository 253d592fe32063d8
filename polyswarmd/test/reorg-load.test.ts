import { join } from 'node:path'
import { stringifyJson } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventListener, type Message } from './event-listener.ts'
import { ledgerRows } from './ledger-rows.ts'
import { MarketMoves } from './market-moves.ts'
import { TestMarket } from './test-market.ts'

let market: TestMarket
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  moves = new MarketMoves(market)
})
afterAll(() => market.stop())

/** What a client believes that has heard all messages, taking back what it is told to. */
function believed(messages: readonly Message[]): string[] {
  let view: { block: number; text: string }[] = []
  for (const { event, data, block_number: block, txhash } of messages) {
    if (event === 'reorg') view = view.filter((known) => known.block <= data.number)
    else if (block !== undefined) view.push({ block, text: `${block} ${event} ${stringifyJson(data)} ${txhash}` })
  }
  return view.map(({ text }) => text)
}

test('re-orgs of every depth from 1 to 20, while blocks keep coming, leave ledger and clients with what the chain says', async () => {
  const data = join(market.directory, 'shaken')
  const daemon = await market.daemon({ data, pollingInterval: 10 })
  const listener = await EventListener.connect(daemon.url, '?since=0')
  await market.anvil.mine(20)
  for (let depth = 1; depth <= 20; depth++) {
    await moves.post()
    await market.anvil.mine(depth % 5)
    // Nobody waits until the daemon has seen any of this.
    await market.anvil.rpc('anvil_reorg', [depth, []])
    await market.anvil.mine(depth % 3)
    await moves.post()
  }
  const head = await moves.head()
  await expect.poll(() => ledgerRows(join(data, 'ledger-side.sqlite')).blocks?.at(-1)).toMatchObject({ number: head })
  await listener.until(({ event, data: { number } }) => event === 'block' && number === head)

  const fresh = await market.daemon({ data: join(market.directory, 'fresh') })
  const witness = await EventListener.connect(fresh.url, '?since=0')
  await witness.untilBlock(head)
  expect(believed(listener.messages)).toEqual(believed(witness.messages))
  expect(believed(witness.messages).length).toBeGreaterThan(5)
  listener.close()
  witness.close()
  await Promise.all([daemon.stop(), fresh.stop()])
  const contents = ({ bounties, terms }: Record<string, unknown[]>) =>
    [bounties, terms].map((rows) => rows?.map((row) => ({ ...(row as object), row: 0 })))
  expect(contents(ledgerRows(join(data, 'ledger-side.sqlite')))).toEqual(
    contents(ledgerRows(join(market.directory, 'fresh', 'ledger-side.sqlite'))),
  )
}, 180_000)
