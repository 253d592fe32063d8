import { z } from 'zod'

/** The messages of `/events` as a client of the original unpacks them: exactly these keys, exactly these types. */
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const digits = z.string().regex(/^[0-9]+$/)
const whole = z.union([z.number().int().nonnegative(), z.bigint().nonnegative()])
const bits = z.array(z.boolean()).max(256)
const metadata = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown()), z.string()])

const mined = <T extends z.ZodRawShape>(event: string, data: T) =>
  z.strictObject({
    event: z.literal(event),
    data: z.strictObject(data),
    block_number: z.number().int().nonnegative(),
    txhash: z.string().regex(/^0x[0-9a-f]{64}$/),
  })

/** Every message that the registry can cause, by name, without cursor. */
export const eventSchemas: Record<string, z.ZodObject> = {
  connected: z.strictObject({
    event: z.literal('connected'),
    data: z.strictObject({ start_time: z.string().regex(/^[0-9]+(\.[0-9]+)?$/) }),
  }),
  block: z.strictObject({
    event: z.literal('block'),
    data: z.strictObject({ number: z.number().int().nonnegative() }),
  }),
  fee_update: mined('fee_update', { bounty_fee: whole, assertion_fee: whole }),
  window_update: mined('window_update', { assertion_reveal_window: whole, arbiter_vote_window: whole }),
  bounty: mined('bounty', {
    guid,
    artifact_type: z.enum(['file', 'url']),
    author: address,
    amount: digits,
    uri: z.string(),
    expiration: digits,
    metadata,
  }),
  assertion: mined('assertion', {
    bounty_guid: guid,
    author: address,
    index: whole,
    bid: z.array(digits),
    mask: bits,
    commitment: digits,
  }),
  reveal: mined('reveal', {
    bounty_guid: guid,
    author: address,
    index: whole,
    nonce: digits,
    verdicts: bits,
    metadata,
  }),
  vote: mined('vote', { bounty_guid: guid, voter: address, votes: bits }),
  quorum: mined('quorum', { bounty_guid: guid }),
  settled_bounty: mined('settled_bounty', { bounty_guid: guid, settler: address, payout: whole }),
  deprecated: mined('deprecated', { rollover: z.boolean() }),
  undeprecated: mined('undeprecated', {}),
}
