/** The most that may be lost, in base units; what is not given is not limited. */
export interface RiskLimits {
  perBounty?: bigint | undefined
  perHour?: bigint | undefined
  inAll?: bigint | undefined
}

/** What can be lost already, in base units. */
export interface CurrentRisk {
  lastHour: bigint
  total: bigint
}

/**
 * Cuts bids down until they stay within the limits: all in proportion, but none below the market's minimum; where that is
 * not enough, the smallest bids are dropped first.
 *
 * @param bids one for each artifact, null where there is none.
 * @returns the bids that may be made; all of them null where none may.
 */
export function withinRiskLimits(
  bids: readonly (bigint | null)[],
  minimum: bigint,
  limits: RiskLimits,
  risk: CurrentRisk,
): (bigint | null)[] {
  const room = roomOf(limits, risk)
  if (room === undefined || sumOf(bids) <= room) return [...bids]
  const kept = [...bids]
  const bySize = [...bids.entries()]
    .filter((entry): entry is [number, bigint] => entry[1] !== null)
    .sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : b[0] - a[0]))
  for (const [index] of bySize) {
    const count = BigInt(kept.filter((bid) => bid !== null).length)
    if (minimum * count <= room) break
    kept[index] = null
  }
  const total = sumOf(kept)
  if (total <= room) return kept
  const count = BigInt(kept.filter((bid) => bid !== null).length)
  // What is above the minimum is cut in proportion.
  const above = total - minimum * count
  return kept.map((bid) => (bid === null ? null : minimum + ((bid - minimum) * (room - minimum * count)) / above))
}

function roomOf({ perBounty, perHour, inAll }: RiskLimits, { lastHour, total }: CurrentRisk): bigint | undefined {
  const rooms = [
    ...(perBounty === undefined ? [] : [perBounty]),
    ...(perHour === undefined ? [] : [perHour - lastHour]),
    ...(inAll === undefined ? [] : [inAll - total]),
  ]
  const [least] = rooms.sort((a, b) => (a < b ? -1 : 1))
  return least !== undefined && least < 0n ? 0n : least
}

function sumOf(bids: readonly (bigint | null)[]): bigint {
  return bids.reduce<bigint>((sum, bid) => sum + (bid ?? 0n), 0n)
}
