import { parseJson, stringifyJson } from '@polyswarm/protocol'

/** A message as today's API sends it. */
interface Message {
  event: string
  data: Record<string, unknown>
  block_number?: number
}

/**
 * A message of `/events` as the API of 2018 had it: without block and transaction, with its own names and keys, which
 * clients unpack. Null for events that came later.
 */
export function eventText2018(text: string): string | null {
  const { event, data, block_number: block } = parseJson(text) as Message
  const send = (name: string, fields: Record<string, unknown>) => stringifyJson({ event: name, data: fields })
  switch (event) {
    case 'block':
    case 'reveal':
    case 'initialized_channel':
      return send(event, data)
    case 'bounty':
      return send(event, bounty2018(data))
    case 'assertion':
      return send(event, assertion2018(data))
    case 'vote':
      return send('verdict', vote2018(data))
    case 'quorum':
      return send(event, { bounty_guid: data.bounty_guid, quorum_block: block })
    case 'settled_bounty':
      return send(event, { settled_block: block, settler: data.settler })
    default:
      return null
  }
}

/** A message of `/events/<guid>` as the API of 2018 had it. */
export function channelEventText2018(text: string): string {
  const { event, data } = parseJson(text) as Message
  return stringifyJson({ event, data })
}

/** A message of `/messages/<guid>` as the API of 2018 had it. */
export function offerMessageText2018(text: string): string {
  const { state, ...rest } = parseJson(text) as { state: Record<string, unknown> }
  const { is_closed: isClosed, ...fields } = state
  return stringifyJson({ ...rest, state: { ...fields, isClosed } })
}

/** A bounty with exactly the five keys that microengines of 2018 take. */
export function bounty2018({ guid, author, amount, uri, expiration }: Record<string, unknown>) {
  return { guid, author, amount, uri, expiration }
}

/** An assertion with one bid, the sum of all. */
export function assertion2018<T extends Record<string, unknown>>(assertion: T): T & { bid: string } {
  const bids = assertion.bid as string[]
  return { ...assertion, bid: String(bids.reduce((sum, bid) => sum + BigInt(bid), 0n)) }
}

/** A vote by its old name. */
export function vote2018({ bounty_guid, votes, voter }: Record<string, unknown>) {
  return { bounty_guid, verdicts: votes, voter }
}
