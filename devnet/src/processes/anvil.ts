import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseJson } from '@polyswarm/protocol'

/** How to run anvil. */
export interface AnvilOptions {
  /** Address that it listens on; 127.0.0.1 by default. */
  host?: string
  /** 0 lets anvil pick a free one; it says which in its line "Listening on". */
  port: number
  chainId: number
  /** Seconds between blocks, fractions allowed; without it each transaction is mined at once. */
  blockTime?: number
  /** Mine no block but those that are asked for. */
  noMining?: boolean
  /** File of an earlier state to continue from; passed over where there is none yet. */
  state?: string
}

/** Room for many transactions with generous gas limits in one block. */
const BLOCK_GAS_LIMIT = 200_000_000

/** How many past states anvil keeps in memory: what was true ages ago is asked of the ledger, not of the chain. */
const KEPT_STATES = 256

/**
 * The command line of an anvil on which gas costs nothing: base fee and gas price are 0. No page may read its answers or
 * send it JSON (`--no-cors`); its WebSockets obey any page that finds them, see `ChainGate`.
 */
export function anvilCommand(options: AnvilOptions): { command: string; args: string[] } {
  const { host = '127.0.0.1', port, chainId, blockTime, noMining, state } = options
  const args = ['--host', host, '--port', String(port), '--chain-id', String(chainId), '--accounts', '1']
  args.push('--gas-limit', String(BLOCK_GAS_LIMIT), '--gas-price', '0', '--block-base-fee-per-gas', '0')
  args.push('--disable-min-priority-fee', '--no-cors', '--order', 'fifo', '--prune-history', String(KEPT_STATES))
  if (blockTime !== undefined) args.push('--block-time', String(blockTime))
  if (noMining) args.push('--no-mining')
  if (state !== undefined && existsSync(state)) {
    args.push('--load-state', state, '--timestamp', String(genesisTime(state)))
  }
  return { command: anvilProgram(), args }
}

/**
 * When the kept chain began, in seconds. anvil makes a genesis block at each start, beside the one that it loads: only at
 * the same time does it come out the same.
 */
function genesisTime(state: string): number {
  const { blocks } = parseJson(readFileSync(state, 'utf8')) as {
    blocks: { header: { number: string; timestamp: string } }[]
  }
  const genesis = blocks.find(({ header }) => BigInt(header.number) === 0n)
  if (!genesis) throw new SyntaxError(`${state} holds no genesis block`)
  return Number(genesis.header.timestamp)
}

/** Whether a line of anvil's output says that it takes requests. */
export function isAnvilListening(line: string): boolean {
  return line.startsWith('Listening on ')
}

/** The native program inside anvil's platform package: its JavaScript launcher would not pass signals on. */
function anvilProgram(): string {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'))
  const program = process.platform === 'win32' ? 'anvil.exe' : 'anvil'
  return require.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/bin/${program}`)
}
