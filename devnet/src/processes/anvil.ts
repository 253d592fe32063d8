import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'

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

/**
 * How many past states anvil keeps in memory, each of them whole: what was true ages ago is asked of the ledger, not of the
 * chain. A settled bounty has some forty words in storage, of which there are as many copies.
 */
const KEPT_STATES = 32

/** Bytes of a state that are read at a time, and those that are read twice: a block's header is shorter. */
const PIECE = 1024 * 1024
const OVERLAP = 16 * 1024

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
 * the same time does it come out the same. The file grows with each block, past what fits into a string: it is searched.
 */
function genesisTime(state: string): number {
  const file = openSync(state, 'r')
  try {
    const piece = Buffer.alloc(PIECE)
    for (let at = 0; ; at += PIECE - OVERLAP) {
      const length = readSync(file, piece, 0, PIECE, at)
      const [, timestamp] = GENESIS.exec(piece.toString('latin1', 0, length)) ?? []
      if (timestamp !== undefined) return Number(timestamp)
      if (length < PIECE) throw new SyntaxError(`${state} holds no genesis block`)
    }
  } finally {
    closeSync(file)
  }
}

/** The header of block 0, of which nothing else than a number and a timestamp has these names. */
const GENESIS = /"parentHash":"0x0{64}"[^{}]*?"number":"0x0"[^{}]*?"timestamp":"(0x[0-9a-f]+)"/

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
