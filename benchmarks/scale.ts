import { parseArgs } from 'node:util'
import { gasTable } from './scale/gas-table.ts'
import { MEASURED, RESOURCES } from './scale/measured.ts'
import { type Market, type Scale, scaleOf } from './scale/scale-model.ts'

/**
 * What a market would need that is larger than a machine can play: in gas, requests, bandwidth and money, by what was measured
 * of small ones, and what of it is used up first. Nothing is run. Arguments: `--engines N`, `--files PER_DAY`, `--arbiters N`,
 * `--answering N,N,…` (engines that assert on a bounty), `--artifacts N,N,…` (1, 16, 64 or 256), `--block-time SECONDS`,
 * `--block-gas GAS`, `--file-bytes BYTES`, `--gas-price GWEI`, `--coin-price DOLLARS`, `--json`.
 */
export async function scaleBenchmark(args: string[]): Promise<void> {
  const text = (standard: number | string) => ({ type: 'string', default: String(standard) }) as const
  const { values } = parseArgs({
    args,
    options: {
      engines: text(1_000),
      files: text(10_000_000),
      arbiters: text(4),
      answering: text('5,25,1000'),
      artifacts: text('1,16,64,256'),
      'block-time': text(RESOURCES.blockTime),
      'block-gas': text(RESOURCES.blockGas),
      'file-bytes': text(RESOURCES.fileBytes),
      'gas-price': text(RESOURCES.gasPriceGwei),
      'coin-price': text(RESOURCES.coinPrice),
      json: { type: 'boolean', default: false },
    },
  })
  const resources = {
    ...RESOURCES,
    blockTime: Number(values['block-time']),
    blockGas: Number(values['block-gas']),
    fileBytes: Number(values['file-bytes']),
    gasPriceGwei: Number(values['gas-price']),
    coinPrice: Number(values['coin-price']),
  }
  const table = gasTable()
  const rows = numbers(values.answering).flatMap((answering) =>
    numbers(values.artifacts).map((artifacts) => {
      const gas = table.get(artifacts)
      if (!gas) throw new Error(`Gas was measured for ${[...table.keys()]} artifacts, not for ${artifacts}.`)
      const market: Market = {
        ...{ engines: Number(values.engines), answering, arbiters: Number(values.arbiters) },
        ...{ filesPerDay: Number(values.files), artifactsPerBounty: artifacts },
      }
      return { market, scale: scaleOf(market, resources, MEASURED, gas) }
    }),
  )
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ resources, measured: MEASURED, rows }, undefined, 2)}\n`)
    return
  }
  for (const { market, scale } of rows) process.stdout.write(`${rowText(market, scale)}\n`)
}

function rowText({ answering, artifactsPerBounty, filesPerDay }: Market, scale: Scale): string {
  const { bountiesPerSecond, gasPerFile, transactionsPerSecond, costPerFile, demands } = scale
  const lines = demands.map(({ what, unit, needed, available, standing }) => {
    const most = (filesPerDay * Math.max(available - standing, 0)) / (needed - standing) / 1e6
    return `    ${what.padEnd(30)} ${short(needed)} of ${short(available)} ${unit}, enough for ${short(most)} million files a day`
  })
  return [
    `${answering} engines on a bounty of ${artifactsPerBounty}: ${short(bountiesPerSecond)} bounties/s, ${short(transactionsPerSecond)} transactions/s`,
    `  a file: ${short(gasPerFile)} gas, ${costPerFile.toFixed(4)} dollars`,
    ...lines,
    '',
  ].join('\n')
}

function numbers(list: string): number[] {
  return list.split(',').map(Number)
}

function short(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
