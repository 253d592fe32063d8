import type { Command } from 'commander'
import { type BatcherOptions, KEEPER_DEFAULTS } from '../keeper/batcher.js'
import { bigNumber, option, wholeNumber } from './participant-options.js'

/** What a keeper can be told. */
export interface KeeperFlags {
  batchGas: bigint
  batchItems: number
  settlePatience: number
}

/** Adds the flags of a keeper. */
export function addKeeperOptions(command: Command): Command {
  const { batchGas, batchItems, patience } = KEEPER_DEFAULTS
  return command
    .addOption(
      option('--batch-gas <units>', 'most gas of one transaction', 'BATCH_GAS')
        .argParser(bigNumber)
        .default(batchGas, `${batchGas}`),
    )
    .addOption(
      option('--batch-items <count>', 'most reveals and settlements of one transaction', 'BATCH_ITEMS')
        .argParser(wholeNumber)
        .default(batchItems),
    )
    .addOption(
      option('--settle-patience <blocks>', 'blocks that a settlement waits for others of its bounty', 'SETTLE_PATIENCE')
        .argParser(wholeNumber)
        .default(patience),
    )
}

/** How a keeper with these flags works. */
export function keeperOptionsOf({ batchGas, batchItems, settlePatience }: KeeperFlags): BatcherOptions {
  return { limits: { gas: batchGas, items: batchItems }, patience: settlePatience }
}
