import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Address, type Hex, parseEther, parseGwei } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { TestChain } from '../../test/support/anvil.ts'
import { callNode } from '../../test/support/json-rpc.ts'
import { missingProgram } from './missing-program.ts'

const PROGRAM = 'geth'

/** Why tests with geth are skipped, for their title; '' where they run. */
export const gethSkipped = missingProgram(PROGRAM, 'go install github.com/ethereum/go-ethereum/cmd/geth')

/** The account that `geth --dev` gives its money to: the same in every ephemeral chain. */
const developer = privateKeyToAccount('0xb71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291')

/** A chain of geth's, where gas has its price and a block comes with each transaction. */
export interface GethChain extends TestChain {
  /** Gives accounts ether to pay gas with. */
  fund(accounts: readonly Address[]): Promise<void>
}

/** Starts `geth --dev` on a free port, HTTP and WebSocket. */
export async function startGeth(): Promise<GethChain> {
  const directory = mkdtempSync(join(tmpdir(), 'geth-'))
  const apis = 'eth,net,web3,txpool,debug'
  const listening = ['--http', '--http.port=0', `--http.api=${apis}`, '--ws', '--ws.port=0', `--ws.api=${apis}`]
  const child = spawn(PROGRAM, ['--dev', '--ipcdisable', `--keystore=${directory}`, ...listening], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [rpcUrl, wsUrl] = await new Promise<[string, string]>((resolve, reject) => {
    let ws = ''
    createInterface({ input: child.stderr }).on('line', (line) => {
      ws = /WebSocket enabled\s+url=(\S+)/.exec(line)?.[1] ?? ws
      const http = /HTTP server started\s+endpoint=(\S+)/.exec(line)?.[1]
      if (http) resolve([`http://${http}`, ws])
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`geth ended with ${code}`)))
  })
  const rpc = <T>(method: string, params?: readonly unknown[]) => callNode<T>(rpcUrl, method, params)
  const chainId = Number(await rpc('eth_chainId'))
  // For a moment after its start geth reads its own index, and says of every transaction that it does so.
  const isMined = (hash: Hex) =>
    rpc('eth_getTransactionReceipt', [hash]).then(
      (receipt) => receipt !== null,
      (error: Error) => {
        if (/indexing is in progress/.test(error.message)) return false
        throw error
      },
    )
  let nonce = 0
  const transfer = async (to: Address, value: bigint) => {
    const fees = { maxFeePerGas: parseGwei('100'), maxPriorityFeePerGas: 1n }
    const transaction = { type: 'eip1559', chainId, nonce: nonce++, gas: 21_000n, to, value, ...fees } as const
    const hash = await rpc<Hex>('eth_sendRawTransaction', [await developer.signTransaction(transaction)])
    while (!(await isMined(hash)));
  }
  return {
    rpcUrl,
    wsUrl,
    chainId,
    rpc,
    mine: async (blocks = 1) => {
      // geth sometimes adds an empty block of its own to that of a transaction.
      const number = async () => Number(await rpc('eth_blockNumber'))
      const end = (await number()) + blocks
      while ((await number()) < end) await transfer(developer.address, 0n)
    },
    fund: async (accounts) => {
      for (const account of accounts) await transfer(account, parseEther('100'))
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
