import type { Cell } from './cell.ts'

/** A cell as lines for people. */
export function cellText(cell: Cell): string {
  const { artifacts, load, offered, goodput, posted, whole, answered, assertions, reveals, verdictSeconds } = cell
  const rate = offered.artifactsPerSecond === null ? '' : `, ${offered.artifactsPerSecond} artifacts/s offered`
  const times = `${load === null ? '' : `, ${load} x capacity`}${rate}`
  const stopped =
    cell.lostWhileStopped > 0 ? `, ${cell.lostWhileStopped} of who was stopped for most of the window` : ''
  const programs = Object.entries(cell.programs).map(
    ([name, { cpuPerArtifact, memory }]) =>
      `    ${name.padEnd(14)} ${cpuPerArtifact.toFixed(2).padStart(8)} ms/artifact ${String(memory).padStart(6)} MiB`,
  )
  const routes = Object.entries(cell.requests)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([route, count]) => `    ${route.padEnd(40)} ${(count / posted).toFixed(1).padStart(8)} a bounty`)
  return [
    `${artifacts} artifacts a bounty${times}`,
    `  judged whole   ${goodput.artifactsPerSecond} artifacts/s, ${goodput.bountiesPerSecond} bounties/s`,
    `  of ${offered.bounties} bounties: ${posted} posted, ${whole} whole, ${answered} answered, in ${cell.seconds} s`,
    `  ${assertions} assertions, ${reveals} reveals, ${cell.revealsLost} lost${stopped}`,
    ...(cell.stall ? [`  in the middle: ${cell.stall.what}, blocks ${cell.stall.from} to ${cell.stall.to}`] : []),
    `  posting to verdict: p50 ${verdictSeconds.p50} s, p99 ${verdictSeconds.p99} s`,
    `  a bounty: ${cell.transactionsPerBounty} transactions, ${cell.requestsPerBounty} requests to the daemon`,
    ...routes.slice(0, 8),
    ...programs,
    `  bare chain     ${cell.bareChain.artifactsPerSecond} artifacts/s (${cell.bareChain.seconds} s for the same transactions)`,
    '',
  ].join('\n')
}
