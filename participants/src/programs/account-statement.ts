import { formatNct, stringifyJson } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import type { Address } from 'viem'
import { readStatement, type StatementLine, type StatementTotals } from '../account/statement.js'
import type { ChainName } from '../client/polyswarmd-client.js'
import { addGatewayOptions, addressArgument, chainOption, type GatewayFlags, lookUp } from './account-session.js'
import { wholeNumber } from './participant-options.js'
import type { Subcommand } from './program.js'
import { csvTable, textTable } from './text-table.js'

const COLUMNS = ['block', 'reason', 'amount', 'balance', 'guid', 'counterparty', 'transaction', 'gas'] as const

/** Rows of a table that are aligned with each other; a statement may be long, and is not kept. */
const ROWS_AT_ONCE = 500

type Format = 'table' | 'csv' | 'json'

/** Lists every NCT that came and went. */
export function statementCommand(): Subcommand {
  const command = addGatewayOptions(
    new Command('statement').description(
      'Lists every NCT that came into an account and went out of it, by bounty and reason. Amounts are NCT; gas is in the chain’s coin, and told for transactions that moved NCT.',
    ),
  )
    .argument('[address]', 'the account; that of the keyfile where none is named', addressArgument)
    .addOption(chainOption())
    .addOption(new Option('--from-block <block>', 'the first block').argParser(wholeNumber).default(0))
    .addOption(new Option('--format <format>', 'how to show it').choices(['table', 'csv', 'json']).default('table'))
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<GatewayFlags & { chain: ChainName; format: Format; fromBlock: number }>()
      const client = await lookUp(flags, flags.chain, command.processedArgs[0] as Address | undefined)
      try {
        const writer = writerOf(flags.format)
        const totals = await readStatement(client, flags.fromBlock, (line) => writer.line(line), signal)
        writer.end({ account: client.account, ...totals })
      } finally {
        client.close()
      }
    },
  }
}

interface StatementWriter {
  line(line: StatementLine): void
  end(totals: StatementTotals & { account: Address }): void
}

function writerOf(format: Format): StatementWriter {
  if (format === 'json') return jsonWriter()
  const asText = format === 'csv' ? csvTable : textTable
  let header: readonly string[] = COLUMNS
  let rows: string[][] = []
  const flush = () => {
    if (rows.length > 0 || header.length > 0)
      process.stdout.write(header.length > 0 ? asText(header, rows) : bare(rows))
    header = []
    rows = []
  }
  const bare = (more: string[][]) => asText(COLUMNS, more).split('\n').slice(1).join('\n')
  return {
    line: (line) => {
      if (rows.push(cellsOf(line)) >= ROWS_AT_ONCE) flush()
    },
    end: (totals) => {
      flush()
      if (format === 'table') process.stdout.write(totalsText(totals))
    },
  }
}

/** One document, written as it is read. */
function jsonWriter(): StatementWriter {
  let separator = '{"movements":[\n'
  return {
    line: ({ amount, balance, gas_cost, ...line }) => {
      const texts = {
        amount: amount.toString(),
        balance: balance?.toString() ?? null,
        gas_cost: gas_cost?.toString() ?? null,
      }
      process.stdout.write(`${separator}${stringifyJson({ ...line, ...texts })}`)
      separator = ',\n'
    },
    end: ({ account, from, to, opening, closing, byReason, gasCost }) => {
      const sums = Object.fromEntries([...byReason].map(([reason, amount]) => [reason, amount.toString()]))
      const totals = { account, from, to, opening: `${opening}`, closing: `${closing}`, sums, gas_cost: `${gasCost}` }
      const text = stringifyJson(totals) ?? ''
      process.stdout.write(`${separator === ',\n' ? '' : separator}],\n${text.slice(1)}\n`)
    },
  }
}

function cellsOf(line: StatementLine): string[] {
  const { block_number: block, reason, amount, balance, guid, counterparty, txhash, gas_cost: gas } = line
  return [
    String(block),
    reason,
    formatNct(amount),
    balance === undefined ? '' : formatNct(balance),
    guid ?? '',
    counterparty,
    txhash,
    gas === null ? '' : formatNct(gas),
  ]
}

function totalsText({
  account,
  from,
  to,
  opening,
  closing,
  byReason,
  gasCost,
}: StatementTotals & { account: Address }) {
  const reasons = [...byReason].sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = [
    [`before block ${from}`, formatNct(opening)],
    ...reasons.map(([reason, amount]) => [reason, formatNct(amount)]),
    [`balance in block ${to}`, formatNct(closing)],
    ['paid for gas', formatNct(gasCost)],
  ]
  return `\n${textTable([account, 'NCT'], rows)}`
}
