import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Gas of each transaction of a bounty, intrinsic gas included. */
export interface BountyGas {
  post: number
  assert: number
  reveal: number
  vote: number
  settleEngine: number
  settleAmbassador: number
  settleArbiter: number
}

/** Engines whose bounties were measured with every number of artifacts; what one of them pays hardly depends on how many. */
const ENGINES = 10

const SNAPSHOTS = fileURLToPath(new URL('../../contracts/snapshots/', import.meta.url))

/** The gas that the contracts' tests hold a bounty to, by its artifacts. */
export function gasTable(): Map<number, BountyGas> {
  const sizes = readdirSync(SNAPSHOTS).flatMap((name) => {
    const artifacts = new RegExp(`^bounty-${ENGINES}x(\\d+)\\.json$`).exec(name)?.[1]
    return artifacts === undefined ? [] : [{ name, artifacts: Number(artifacts) }]
  })
  const gasIn = (name: string) => {
    const steps = JSON.parse(readFileSync(`${SNAPSHOTS}${name}`, 'utf8')) as Record<keyof BountyGas, string>
    return Object.fromEntries(Object.entries(steps).map(([step, gas]) => [step, Number(gas)])) as unknown as BountyGas
  }
  return new Map(sizes.sort((a, b) => a.artifacts - b.artifacts).map(({ name, artifacts }) => [artifacts, gasIn(name)]))
}
