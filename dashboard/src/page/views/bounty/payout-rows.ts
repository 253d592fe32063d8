import { type PayoutLine, payoutLines, type SettlementInput, settle } from '@polyswarm/protocol'

/** One party of a bounty: what it put in, what it takes out, and by which lines. */
export interface PayoutRow {
  address: string | null
  role: 'ambassador' | 'microengine' | 'arbiter' | 'nobody'
  putIn: bigint
  takesOut: bigint
  lines: readonly PayoutLine[]
  /** What the chain has paid; null while it has not. */
  paid: bigint | null
}

/** All parties of a bounty with their money; what nobody gets stands last, so that both sums are the same. */
export function payoutRows(
  input: SettlementInput,
  settlements: readonly { settler: string; payout: bigint }[],
): PayoutRow[] {
  const { payouts, burned } = settle(input)
  const lines = payoutLines(input)
  const sums = new Map<string, bigint>()
  for (const { settler, payout } of settlements) sums.set(settler, (sums.get(settler) ?? 0n) + payout)
  const rows = payouts.map(({ address, role, paid }, party): PayoutRow => {
    const assertion = role === 'microengine' ? input.assertions[party - 1] : undefined
    const bids = assertion?.bids.reduce((sum, bid) => sum + bid, input.assertionFee) ?? 0n
    return {
      address,
      role,
      putIn: role === 'ambassador' ? input.amount + input.bountyFee : bids,
      takesOut: paid,
      lines: lines.filter((line) => line.party === party),
      paid: sums.get(address) ?? null,
    }
  })
  if (burned > 0n) rows.push({ address: null, role: 'nobody', putIn: 0n, takesOut: burned, lines: [], paid: null })
  return rows
}
