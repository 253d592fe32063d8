import { once } from 'node:events'
import {
  encodeOfferState,
  type Guid,
  guidToUint128,
  initializeOfferChannelCall,
  newGuid,
  offerProofText,
  offerRegistryAbi,
  offerStateDigest,
} from '@polyswarm/protocol'
import { type Address, type Hex, parseSignature } from 'viem'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'
import type { Purse } from '../purse.ts'
import { failureText, UPGRADE } from '../raw-request.ts'
import type { Tally } from '../tally.ts'

const STRANGERS = 64
const FORGERIES = 18
/** Milliseconds in which a daemon that is busy answers. */
const ANSWER_LIMIT_MS = 8_000
/** Milliseconds that the daemon may be behind the chain. */
const DAEMON_BEHIND = 30_000

/** Two parties of an offer, and strangers that crowd into their room. */
export const offerRooms: Attack = {
  name: 'offer-rooms',
  tries:
    'take all places of the room of an offer, and push out what its parties said with forged and repeated messages',
  purses: { ambassador: '10', expert: '10' },
  victims: ['ambassador', 'expert'],
  pause: 60_000,
  strike: async (arena, tally) => {
    const [ambassador, expert] = [arena.purse('ambassador'), arena.purse('expert')]
    const guid = newGuid()
    const channel = await openChannel(arena, { guid, ambassador, expert })
    if (!channel) return tally.met('the channel was refused')
    const message = (sequence: bigint) => signedMessage(arena, { guid, channel, ambassador, expert, sequence })
    const said = [await message(1n), await message(2n)]
    const place = await enter(arena, guid, await proof(ambassador, channel))
    if ('refused' in place) return tally.breach(`a party found its empty room closed: ${place.refused}`)
    for (const text of said) place.socket.send(text)
    await settled(place.received, said.length)
    place.socket.close()
    await crowd(arena, tally, { guid, repeated: said[1] ?? '' }, async () => {
      const party = await enter(arena, guid, await proof(expert, channel))
      if ('refused' in party) return tally.breach(`a party found no place in its room: ${party.refused}`)
      await settled(party.received, said.length)
      const heard = party.received.map(
        (text) => (JSON.parse(text) as { raw_state: string; r?: string }).r ?? 'unsigned',
      )
      const missing = said.filter((text) => !heard.includes((JSON.parse(text) as { r: string }).r))
      tally.met(missing.length === 0 ? 'the parties hear each other' : 'a message of a party is lost')
      if (missing.length > 0) tally.breach('a message of a party was pushed out')
      if (heard.includes('unsigned')) tally.breach('a message that no party signed was kept')
      party.socket.close()
    })
  },
}

interface Channel {
  guid: Guid
  ambassador: Purse
  expert: Purse
}

async function openChannel(arena: Arena, { guid, ambassador, expert }: Channel): Promise<Address | undefined> {
  const { offerRegistry } = arena.besieged
  const order = { guid, ambassador: ambassador.address, expert: expert.address, settlementPeriodLength: 10n }
  const { accepted } = await ambassador.send(initializeOfferChannelCall(offerRegistry, order))
  if (!accepted) return undefined
  const call = { address: offerRegistry, abi: offerRegistryAbi, functionName: 'guidToChannel' } as const
  const [channel] = await arena.chain.readContract({ ...call, args: [guidToUint128(guid)] })
  await known(arena, guid)
  return channel
}

/** Waits until the daemon has read of the channel, which it does from the chain's log. */
async function known(arena: Arena, guid: Guid): Promise<void> {
  const end = performance.now() + DAEMON_BEHIND
  const path = `/events/${guid}`
  while (performance.now() < end) {
    const { status } = await arena.ask({
      path,
      headers: { ...UPGRADE, host: arena.daemon.host },
      patience: ANSWER_LIMIT_MS,
    })
    if (status === 101) return
    await arena.rest(200)
  }
}

async function signedMessage(
  arena: Arena,
  { guid, channel, ambassador, expert, sequence }: Channel & { channel: Address; sequence: bigint },
): Promise<string> {
  const state = encodeOfferState({
    isClosed: false,
    sequence,
    ambassador: ambassador.address,
    expert: expert.address,
    channel,
    ambassadorBalance: 1n,
    expertBalance: 0n,
    token: arena.besieged.contracts.nectarToken,
    guid,
    offerAmount: 1n,
    mask: 0n,
    verdicts: 0n,
  })
  const { r, s, yParity } = parseSignature(await ambassador.account.sign({ hash: offerStateDigest(state) }))
  return JSON.stringify({ type: 'offer', state, r, s, v: 27 + yParity })
}

/** Fills the room, says what nobody signed and repeats what was signed, lets a party act, and leaves. */
async function crowd(
  arena: Arena,
  tally: Tally,
  { guid, repeated }: { guid: Guid; repeated: string },
  act: () => Promise<void>,
): Promise<void> {
  const { state } = JSON.parse(repeated) as { state: Hex }
  const forged = JSON.stringify({ type: 'offer', state })
  const places = []
  for (let index = 0; index < STRANGERS; index++) {
    const place = await enter(arena, guid)
    if ('refused' in place) {
      tally.met('a stranger is turned away')
      continue
    }
    tally.met('a stranger has a place')
    places.push(place)
  }
  try {
    for (const { socket } of places) {
      for (let sent = 0; sent < FORGERIES; sent++) socket.send(sent % 2 === 0 ? forged : repeated)
    }
    await arena.rest(3_000)
    await act()
  } finally {
    for (const { socket } of places) socket.close()
  }
}

/** By what the daemon knows a party, and keeps a place for it. */
async function proof({ account }: Purse, channel: Address): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000)
  return `${seconds}.${await account.signMessage({ message: offerProofText(channel, seconds) })}`
}

/** A connection to a room, and what came over it; or why there is none. */
type Place = { socket: WebSocket; received: string[] } | { refused: string }

async function enter(arena: Arena, guid: Guid, proven?: string): Promise<Place> {
  const url = new URL(`/messages/${guid}?since=0${proven ? `&proof=${proven}` : ''}`, arena.daemon)
  url.protocol = 'ws:'
  const socket = new WebSocket(url)
  const received: string[] = []
  socket.addEventListener('message', ({ data }) => received.push(String(data)))
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS)
  try {
    await Promise.race([
      once(socket, 'open', { signal }),
      once(socket, 'error', { signal }).then(() => Promise.reject(new Error('refused'))),
    ])
    return { socket, received }
  } catch (error) {
    socket.close()
    if (!proven) return { refused: failureText(error) }
    // A WebSocket does not tell why: the same question without the upgrade's own client does.
    const path = `${url.pathname}${url.search}`
    const asked = arena.ask({ path, headers: { ...UPGRADE, host: url.host }, patience: ANSWER_LIMIT_MS })
    return { refused: await asked.then(({ status, text }) => `HTTP ${status} ${text}`, failureText) }
  }
}

/** Waits until so many messages are there, and a while longer for what should not come. */
async function settled(received: readonly string[], count: number): Promise<void> {
  const end = performance.now() + ANSWER_LIMIT_MS
  while (received.length < count && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 100))
  await new Promise((resolve) => setTimeout(resolve, 500))
}
