import { once } from 'node:events'
import { type Guid, guidToUint128, offerEvent, offerMessage, offerProofText, stringifyJson } from '@polyswarm/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener, type Message } from './event-listener.ts'
import { OfferParties, type StateFields, signed } from './offer-party.ts'
import { TestClient, TestMarket } from './test-market.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ chains: { home: market.deployment } })
  api = new TestClient(daemon.url)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const listen = (path: string, url = daemon.url) => EventListener.connect(url, path)
const closed = async ({ socket }: EventListener) => {
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close')
}

describe('/events/<guid>', () => {
  test('tells of settlement and closing of this channel alone, then ends; everybody else hears nothing of it', async () => {
    const [of, other] = [new OfferParties(api, market), new OfferParties(api, market)]
    await of.initialize()
    await other.establish()
    const everybody = await listen('?chain=home&since=0')
    const [plain, cursors] = await Promise.all([listen(`/${of.guid}`), listen(`/${of.guid}?since=0`)])
    const state = await of.state()
    await of.act(of.ambassador, `/${of.guid}/open`, { state, ...(await signed(of.ambassador, state)) })
    await of.act(of.expert, `/${of.guid}/join`, { state, ...(await signed(of.expert, state)) })
    await of.act(of.ambassador, `/${of.guid}/settle`, await of.agreed({ nonce: 1 }))
    await other.act(other.ambassador, `/${other.guid}/settle`, await other.agreed({ nonce: 1 }))
    const latest = await of.agreed({ nonce: 2, ambassador_balance: 60, expert_balance: 40 })
    await of.act(of.expert, `/${of.guid}/challenge`, latest)
    await market.anvil.mine(12)
    await of.act(of.expert, `/${of.guid}/closeChallenged`, latest)
    await Promise.all([closed(plain), closed(cursors)])

    const expected = [
      { event: 'settle_started', data: { initiator: of.ambassador.address, nonce: 1n } },
      { event: 'settle_challenged', data: { challenger: of.expert.address, nonce: 2n } },
      { event: 'closed_agreement', data: { ambassador: of.ambassador.address, expert: of.expert.address } },
    ]
    for (const { messages } of [plain, cursors]) {
      expect(messages.map((message) => offerEvent.parse(message))).toMatchObject(expected)
    }
    const [started] = plain.messages
    expect(Object.keys(started ?? {}).sort()).toEqual(['block_number', 'data', 'event', 'txhash'])
    expect(Object.keys(started?.data).sort()).toEqual(['initiator', 'nonce', 'settle_period_end'])

    const resumed = await listen(`/${of.guid}?since=${cursors.messages[0]?.cursor}`)
    await closed(resumed)
    expect(resumed.messages).toEqual(cursors.messages.slice(1))
    const late = await listen(`/${of.guid}`)
    await closed(late)
    expect(late.messages).toEqual([])
    await market.anvil.mine()
    await everybody.untilBlock(Number(await market.client.getBlockNumber({ cacheTime: 0 })))
    expect(new Set(everybody.messages.map(({ event }) => event))).not.toContain('settle_started')
    everybody.close()
  })

  test('a cancelled channel ends it as well', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const [plain, cursors] = await Promise.all([listen(`/${of.guid}`), listen(`/${of.guid}?since=`)])
    const state = await of.state()
    await of.act(of.ambassador, `/${of.guid}/open`, { state, ...(await signed(of.ambassador, state)) })
    await of.act(of.ambassador, `/${of.guid}/cancel`)
    await Promise.all([closed(plain), closed(cursors)])
    expect(plain.messages).toEqual([])
    expect(cursors.messages.map(({ event }) => event)).toEqual(['canceled_agreement'])
  })

  test('what a re-org takes back is told to clients with cursors, and what follows from the log is true again', async () => {
    const of = new OfferParties(api, market)
    await of.establish()
    const [plain, cursors] = await Promise.all([listen(`/${of.guid}`), listen(`/${of.guid}?since=`)])
    await of.act(of.ambassador, `/${of.guid}/settle`, await of.agreed({ nonce: 1 }))
    const started = await cursors.until(({ event }) => event === 'settle_started')
    await market.anvil.rpc('anvil_reorg', [1, []])
    const reorg = await cursors.until(({ event }) => event === 'reorg')
    expect(reorg.data.number).toBe((started.block_number ?? 0) - 1)
    const path = `/offers/${of.guid}/settlementPeriod?account=${of.expert.address}`
    expect((await api.get(path)).body.result).toEqual({ settlementPeriodEnd: 0 })

    await of.act(of.expert, `/${of.guid}/settle`, await of.agreed({ nonce: 2 }))
    await cursors.until(({ data }) => data.initiator === of.expert.address)
    expect(cursors.messages.map(({ event }) => event)).toEqual(['settle_started', 'reorg', 'settle_started'])
    await plain.until(({ data }) => data.initiator === of.expert.address)
    expect(plain.messages.map(({ event }) => event)).toEqual(['settle_started', 'settle_started'])
    plain.close()
    cursors.close()
  })

  test.each([
    [`/${UNKNOWN}`, 404],
    ['/no-guid', 404],
  ])('%s is refused before the upgrade', async (path, status) => {
    await expect(listen(path)).rejects.toThrow(`Unexpected server response: ${status}`)
  })
})

/** A message with a state that its sender has signed. */
async function offer(of: OfferParties, fields: StateFields = {}, by = of.ambassador, more: object = {}) {
  const state = await of.state(fields)
  return JSON.stringify({ type: 'offer', state, ...(await signed(by, state)), ...more })
}

/** A party of `/messages`. */
function party(guid: Guid, query = '', url = daemon.url): Promise<EventListener> {
  return EventListener.connect(url, query, `/messages/${guid}`)
}

const received = (listener: EventListener, count: number): Promise<unknown[]> =>
  listener.until(() => listener.messages.length >= count).then(() => listener.messages)

describe('/messages/<guid>', () => {
  test('takes the state apart for both parties, to the digit; verdicts only in accept and payout', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const [ambassador, expert] = await Promise.all([party(of.guid), party(of.guid)])
    const state = await of.state({ nonce: 4, mask: [true, true], verdicts: [false, true] })
    const signature = await signed(of.ambassador, state)
    for (const type of ['offer', 'accept', 'payout']) {
      ambassador.socket.send(JSON.stringify({ type, state, from_socket: 'a', to_socket: 'b', ...signature }))
    }
    ambassador.socket.send(JSON.stringify({ type: 'open', state: state.slice(2), artifact: 'Qm' }))
    const messages = await received(expert, 4)
    expect(await received(ambassador, 4)).toEqual(messages)
    const fields = {
      nonce: 4,
      offer_amount: 10,
      msig_address: of.channel,
      ambassador_balance: 100,
      expert_balance: 0,
      ambassador: of.ambassador.address,
      expert: of.expert.address,
      is_closed: 0,
      token: market.deployment.nectar_token_address,
      guid: guidToUint128(of.guid),
    }
    const bits = { mask: [true, true], verdicts: [false, true] }
    expect(messages).toEqual([
      { type: 'offer', raw_state: state, state: fields, ...signature },
      { type: 'accept', raw_state: state, state: { ...fields, ...bits }, ...signature },
      { type: 'payout', raw_state: state, state: { ...fields, ...bits }, ...signature },
      { type: 'open', raw_state: state.slice(2), state: fields, artifact: 'Qm' },
    ])
    for (const message of messages) expect(offerMessage.safeParse(message).success).toBe(true)
    expect(ambassador.binary).not.toContain(true)
    ambassador.close()
    expert.close()
  })

  test('a party that was away gets what it missed, also from a daemon that was started again', async () => {
    const elsewhere = `${market.directory}/restarted`
    const start = () => market.daemon({ chains: { home: market.deployment }, data: elsewhere })
    const of = new OfferParties(api, market)
    await of.initialize()
    const first = await start()
    const [sender, away] = [await party(of.guid, '', first.url), await party(of.guid, '?since=', first.url)]
    const send = async (from: EventListener, nonce: number) => from.socket.send(await offer(of, { nonce }))
    await send(sender, 1)
    const [last] = (await received(away, 1)) as Message[]
    away.close()
    await send(sender, 2)
    await received(sender, 2)
    await first.stop()
    const second = await start()
    try {
      const nonces = async (query: string, count: number) => {
        const listener = await party(of.guid, query, second.url)
        const messages = (await received(listener, count)) as { state: { nonce: number } }[]
        listener.close()
        return messages.map(({ state }) => state.nonce)
      }
      expect(await nonces(`?since=${last?.cursor}`, 1)).toEqual([2])
      expect(await nonces('?since=0', 2)).toEqual([1, 2])
      const live = await party(of.guid, '', second.url)
      await send(live, 3)
      expect(await received(live, 1)).toMatchObject([{ state: { nonce: 3 } }])
      expect(live.messages[0]).not.toHaveProperty('cursor')
      live.close()
    } finally {
      await second.stop()
    }
  })

  test('what is no message of this offer is dropped without an answer, whatever it is', async () => {
    const [of, other] = [new OfferParties(api, market), new OfferParties(api, market)]
    await of.initialize()
    await other.initialize()
    const state = await of.state()
    const foreign = [
      await other.state(),
      (await of.state()).replace(of.channel.slice(2).toLowerCase(), other.channel.slice(2).toLowerCase()),
      state.slice(0, -2),
      '0x',
      'zz',
      7,
      null,
      '['.repeat(60_000),
    ]
    const junk = fc.sample(
      fc.oneof(
        fc.string({ minLength: 1 }),
        fc.json(),
        fc.record({ type: fc.jsonValue(), state: fc.constantFrom(...foreign) }).map(stringifyJson),
        fc
          .record({ type: fc.constant('offer'), state: fc.constant(state), v: fc.constantFrom('1', 1.5, null) })
          .map(stringifyJson),
      ),
      60,
    )
    junk.push('['.repeat(60_000))
    for (let from = 0; from < junk.length; from += 15) {
      const listener = await party(of.guid)
      for (const text of junk.slice(from, from + 15)) listener.socket.send(text)
      listener.socket.send(JSON.stringify({ type: 'offer', state }))
      expect(await received(listener, 1)).toMatchObject([{ type: 'offer', raw_state: state }])
      listener.close()
    }
  })

  test('an empty frame says goodbye; a flood is cut off; too many listeners are refused', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const leaving = await party(of.guid)
    leaving.socket.send('')
    expect((await once(leaving.socket, 'close'))[0]).toBe(1000)

    const flooding = await party(of.guid)
    for (let i = 0; i < 100; i++) flooding.socket.send('{}')
    expect((await once(flooding.socket, 'close'))[0]).toBe(1008)

    const crowd = await Promise.all(Array.from({ length: 8 }, () => party(of.guid)))
    await expect(party(of.guid)).rejects.toThrow('Unexpected server response: 503')
    for (const listener of crowd) listener.close()
  })

  test('a stranger is heard and not kept: nothing that it sends is there later, or instead of what a party sent', async () => {
    const [of, other] = [new OfferParties(api, market), new OfferParties(api, market)]
    await of.initialize()
    await other.initialize()
    const [stranger, ambassador] = [await party(of.guid), await party(of.guid)]
    ambassador.socket.send(await offer(of, { nonce: 1 }))
    await received(stranger, 1)
    const outsider = of.market.arbiters[0] ?? of.expert
    const { r, s, v } = await signed(outsider, await of.state({ nonce: 9 }))
    const theirs = await signed(of.ambassador, await other.state({ nonce: 9 }))
    const state = await of.state({ nonce: 9 })
    const worthless = [
      {},
      { r, s, v },
      theirs,
      { r: '0x0', s: '0x0', v: 27 },
      { r: 'zz', s: 'zz', v: 28 },
      { r, s, v: 0 },
    ]
    for (const fields of worthless) stranger.socket.send(JSON.stringify({ type: 'payout', state, ...fields }))
    // What the party signed, once more, and as something else.
    stranger.socket.send(await offer(of, { nonce: 1 }))
    await received(ambassador, worthless.length + 2)
    ambassador.socket.send(await offer(of, { nonce: 2 }))
    await received(stranger, worthless.length + 3)
    const later = await party(of.guid, '?since=0')
    const nonces = ((await received(later, 2)) as { state: { nonce: number } }[]).map((message) => message.state.nonce)
    expect(nonces).toEqual([1, 2])
    for (const listener of [stranger, ambassador, later]) listener.close()
  })

  test('strangers who take all places and send all they can keep no party out', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const crowd = await Promise.all(Array.from({ length: 8 }, () => party(of.guid)))
    const unsigned = JSON.stringify({ type: 'decline', state: await of.state() })
    for (const { socket } of crowd) for (let i = 0; i < 15; i++) socket.send(unsigned)
    await expect(party(of.guid)).rejects.toThrow('Unexpected server response: 503')
    const seconds = Math.floor(Date.now() / 1000)
    const prove = async (by: OfferParties['expert'], at: number, channel = of.channel) =>
      `?since=0&proof=${at}.${await by.signMessage({ message: offerProofText(channel, at) })}`
    const expert = await party(of.guid, await prove(of.expert, seconds))
    // A connection that sends what only a party can have signed becomes that party's, and leaves its place to others.
    crowd[0]?.socket.send(await offer(of, { nonce: 3 }))
    await expert.until((message) => (message as unknown as { type: string }).type === 'offer')
    const late = await party(of.guid)
    await expect(party(of.guid)).rejects.toThrow('Unexpected server response: 503')
    for (const wrong of [
      await prove(of.market.owner, seconds),
      await prove(of.expert, seconds - 1_000),
      await prove(of.expert, seconds + 1_000),
      await prove(of.expert, seconds, of.market.deployment.nectar_token_address),
      `?proof=${seconds}.0x00`,
    ]) {
      await expect(party(of.guid, wrong)).rejects.toThrow('Unexpected server response: 403')
    }
    for (const listener of [...crowd, expert, late]) listener.close()
  })

  test.each([UNKNOWN, 'no-guid', `${UNKNOWN}?since=x`])('%s is refused before the upgrade', async (path) => {
    await expect(party(path as Guid)).rejects.toThrow('Unexpected server response: 404')
  })
})
