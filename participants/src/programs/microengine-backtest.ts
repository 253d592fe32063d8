import { writeFile } from 'node:fs/promises'
import { amountText, formatNct, parseNct, stringifyJson } from '@polyswarm/protocol'
import { Command, InvalidArgumentError } from 'commander'
import { InvalidOptionError } from '../errors.js'
import { readLearnedBounties } from '../runtime/journal/learned-bounties.js'
import { type BacktestBounty, type BacktestResult, backtest } from '../staking/backtest.js'
import { backtestChart } from '../staking/backtest-chart.js'
import { generatedMarket } from '../staking/generated-market.js'
import { journalMarket } from '../staking/journal-market.js'
import { STAKING_STRATEGIES, type StakingStrategy, USUAL_RANGE } from '../staking/strategies.js'
import { listOption, option, share, wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'
import { textTable } from './text-table.js'

interface BacktestFlags {
  journal?: string
  strategy: StakingStrategy[]
  seeds: number
  bounties: number
  balance: bigint
  minimum: bigint
  maximum: bigint
  kellyFraction: number
  svg?: string
  json: boolean
}

/** Plays strategies through a journal, or through generated markets. */
export function backtestCommand(): Subcommand {
  const command = new Command('backtest')
    .description(
      'Plays bid strategies through the bounties of a journal, or of generated markets in which the truth is known.',
    )
    .addOption(option('--journal <file>', 'the journal; without one, markets are generated', 'JOURNAL'))
    .addOption(
      listOption(
        '--strategy <name...>',
        'strategies to compare',
        'POLYSWARM_STRATEGY',
        STAKING_STRATEGIES,
        STAKING_STRATEGIES,
      ),
    )
    .addOption(
      option('--seeds <count>', 'generated markets to play', 'POLYSWARM_SEEDS').argParser(wholeNumber).default(100),
    )
    .addOption(
      option('--bounties <count>', 'bounties in each of them', 'POLYSWARM_BOUNTIES')
        .argParser(wholeNumber)
        .default(100),
    )
    .addOption(
      option('--balance <nct>', 'balance to begin with', 'POLYSWARM_BALANCE')
        .argParser(nct)
        .default(parseNct('20'), '20'),
    )
    .addOption(
      option('--minimum <nct>', 'smallest bid of the market', 'POLYSWARM_MINIMUM')
        .argParser(nct)
        .default(USUAL_RANGE.minimum, formatNct(USUAL_RANGE.minimum)),
    )
    .addOption(
      option('--maximum <nct>', 'largest bid of the market', 'POLYSWARM_MAXIMUM')
        .argParser(nct)
        .default(USUAL_RANGE.maximum, formatNct(USUAL_RANGE.maximum)),
    )
    .addOption(
      option('--kelly-fraction <share>', 'how much of the bid of fastest growth is made', 'KELLY_FRACTION')
        .argParser(share)
        .default(1),
    )
    .addOption(
      option(
        '--svg <file>',
        'draw the balances: the median of all markets, and the middle 80 % of them',
        'POLYSWARM_SVG',
      ),
    )
    .option('--json', 'print the result as JSON', false)
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<BacktestFlags>()
      const { journal, seeds, bounties, minimum, maximum, svg } = flags
      const markets =
        journal === undefined
          ? Array.from({ length: seeds }, (_, seed) => () => generatedMarket(seed + 1, bounties))
          : [() => journalMarket(readLearnedBounties(journal), { minimum, maximum })]
      const runs: BacktestResult[][] = []
      for (const market of markets) {
        signal.throwIfAborted()
        runs.push(play(market(), flags))
      }
      const [first = []] = runs
      if (first.every(({ balances }) => balances.length < 2)) {
        throw new InvalidOptionError({ option: '--journal', reason: 'there is no settled bounty in it to play' })
      }
      if (svg !== undefined) await writeFile(svg, backtestChart(runs))
      const summary = flags.strategy.map((strategy, index) =>
        summaryOf(
          strategy,
          runs.flatMap((run) => run[index] ?? []),
          runs,
        ),
      )
      if (flags.json) process.stdout.write(`${stringifyJson({ markets: runs.length, strategies: summary }, 2)}\n`)
      else {
        const columns = ['strategy', 'final', 'best', 'growth', 'drawdown', 'ruin', 'asserted'] as const
        const rows = summary.map((line) => {
          // All digits are in the JSON.
          const shown = { ...line, final: amountText(parseNct(line.final)) }
          return columns.map((column) => shown[column])
        })
        process.stdout.write(
          textTable(
            ['strategy', 'median final NCT', 'best in', 'growth per bounty', 'drawdown', 'ruined', 'asserted'],
            rows,
          ),
        )
      }
    },
  }
}

function play(
  market: readonly BacktestBounty[],
  { strategy, balance, kellyFraction }: BacktestFlags,
): BacktestResult[] {
  return strategy.map((each) => backtest(market, each, balance, { kellyFraction }))
}

function summaryOf(strategy: StakingStrategy, results: readonly BacktestResult[], runs: readonly BacktestResult[][]) {
  const finals = results.map(({ balances }) => balances.at(-1) ?? 0n).sort((a, b) => (a < b ? -1 : 1))
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
  const percent = (value: number): string => `${(value * 100).toFixed(2)} %`
  const best = runs.filter((run) => {
    const own = run.find((result) => result.strategy === strategy)?.balances.at(-1) ?? 0n
    return run.every((other) => other.strategy === strategy || own > (other.balances.at(-1) ?? 0n))
  })
  return {
    strategy,
    final: formatNct(finals[Math.floor(finals.length / 2)] ?? 0n),
    best: percent(best.length / Math.max(1, runs.length)),
    growth: percent(mean(results.map(({ growth }) => growth))),
    drawdown: percent(mean(results.map(({ drawdown }) => drawdown))),
    ruin: percent(mean(results.map(({ ruined }) => Number(ruined)))),
    asserted: percent(mean(results.map(({ asserted, balances }) => asserted / Math.max(1, balances.length - 1)))),
  }
}

function nct(text: string): bigint {
  try {
    return parseNct(text)
  } catch {
    throw new InvalidArgumentError('Give an amount of NCT.')
  }
}
