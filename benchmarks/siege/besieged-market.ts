import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MarketEvents, type MarketFile, parseSettings, type RunningMarket, startMarket } from '@polyswarm/devnet'
import { openKeystore, sampleBounties } from '@polyswarm/participants/runtime'
import { nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import {
  type Address,
  createPublicClient,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  type PrivateKeyAccount,
  toHex,
} from 'viem'
import type { Attack } from './attack.ts'
import type { Besieged } from './besieged.ts'
import { purseAccount } from './purse.ts'

/** How the market is set up that is to be besieged. */
export interface MarketPlan {
  directory: string
  /** Seconds between blocks. */
  blockTime: number
  engines: number
  /** Seconds after which the ambassador posts everything again. */
  every: number
}

/** A market that runs, and what an attacker knows of it. */
export interface BesiegedMarket {
  market: RunningMarket
  besieged: Besieged
  /** File that says which process is who. */
  processes: string
  log(program: string): string
}

/** Enough artifacts in a bounty that its verdicts are worth copying. */
const ARTIFACTS_PER_BOUNTY = 12

/** Starts a dev market as `npm start` does, with files of known truth that are posted again and again. */
export async function startBesiegedMarket(plan: MarketPlan, events: MarketEvents): Promise<BesiegedMarket> {
  const { directory, blockTime, engines, every } = plan
  const artifacts = join(directory, 'artifacts')
  await writeArtifacts(artifacts)
  Object.assign(process.env, {
    ARTIFACTS_PER_BOUNTY: String(ARTIFACTS_PER_BOUNTY),
    MAX_BOUNTIES_IN_FLIGHT: '12',
    ALLOWANCE: parseNct('1000000').toString(),
  })
  const data = join(directory, 'data')
  const settings = parseSettings({
    data,
    artifacts,
    port: '0',
    chainPort: '0',
    blockTime: String(blockTime),
    engines: String(engines),
    every: String(every),
  })
  const market = await startMarket(settings, events)
  const { file } = market
  const deployment = JSON.parse(await readFile(join(data, 'chain', 'sidechain.json'), 'utf8')) as {
    offer_registry_address: Address
  }
  return {
    market,
    processes: join(data, 'processes.json'),
    log: (program) => join(data, 'logs', `${program}.log`),
    besieged: {
      polyswarmd: file.polyswarmd,
      chainRpc: file.chainRpc,
      chainId: file.chainId,
      contracts: {
        nectarToken: contractOf(file, 'NectarToken'),
        arbiterStaking: contractOf(file, 'ArbiterStaking'),
        bountyRegistry: contractOf(file, 'BountyRegistry'),
      },
      offerRegistry: deployment.offer_registry_address,
      ambassador: getAddress(file.accounts.ambassador?.address ?? ''),
      seed: toHex(randomBytes(32)),
    },
  }
}

/** Gives each purse of the attacks what it asks for. @returns by address, the attack that it is a gain to; '' for victims. */
export async function fundPurses(
  { market, besieged }: BesiegedMarket,
  attacks: readonly Attack[],
): Promise<Map<Address, string>> {
  const { deployer } = market.file.accounts
  if (!deployer) throw new TypeError('a dev market has a deployer')
  const owner = await openKeystore(deployer.keyfile, (await readFile(deployer.passwordFile, 'utf8')).trim())
  const names = new Map<Address, string>()
  const grants: { to: Address; amount: bigint }[] = []
  for (const attack of attacks) {
    for (const [purse, nct] of Object.entries(attack.purses)) {
      const name = `${attack.name}/${purse}`
      const { address } = purseAccount(besieged.seed, name)
      names.set(address, attack.victims?.includes(purse) ? '' : attack.name)
      grants.push({ to: address, amount: parseNct(nct) })
    }
  }
  await transferAll(besieged, owner, grants)
  return names
}

async function transferAll(
  { chainRpc, chainId, contracts }: Besieged,
  account: PrivateKeyAccount,
  grants: readonly { to: Address; amount: bigint }[],
): Promise<void> {
  const reader = createPublicClient({ transport: http(chainRpc), pollingInterval: 200 })
  const wallet = createWalletClient({ transport: http(chainRpc), account })
  let nonce = await reader.getTransactionCount({ address: account.address })
  let last: Hex | undefined
  for (const { to, amount } of grants) {
    const call = { abi: nectarTokenAbi, address: contracts.nectarToken, functionName: 'transfer' } as const
    const gas = { gas: 200_000n, gasPrice: 0n, type: 'legacy', chain: null } as const
    last = await wallet.writeContract({ ...call, ...gas, args: [to, amount], nonce: nonce++ })
  }
  if (!last) return
  const { status } = await reader.waitForTransactionReceipt({ hash: last })
  if (status !== 'success') throw new Error(`the purses on chain ${chainId} could not be filled`)
}

/** Two bounties of twelve files and one of a single file, a third of them malicious by the sample's truth. */
async function writeArtifacts(directory: string): Promise<void> {
  await mkdir(directory)
  const malicious = sampleBounties().flatMap(({ artifacts }) => artifacts.filter(({ truth }) => truth === 'malicious'))
  for (let index = 0; index < 2 * ARTIFACTS_PER_BOUNTY + 1; index++) {
    const sample = malicious[Math.floor(index / 3) % malicious.length]
    const content = index % 3 === 0 && sample ? sample.content : Buffer.from(`note number ${index}\n`)
    await writeFile(join(directory, `file-${String(index).padStart(2, '0')}`), content)
  }
}

function contractOf({ contracts }: MarketFile, name: string): Address {
  return getAddress(contracts[name] ?? '')
}
