import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { anvilCommand, isAnvilListening } from '../../devnet/src/processes/anvil.ts'
import { callNode } from './json-rpc.ts'

/** A chain of a test's own: gas costs nothing, and a block comes with each transaction unless `blockTime` is given. */
export interface TestChain {
  rpcUrl: string
  wsUrl: string
  chainId: number
  /** Of the node; undefined where it is none of ours. */
  pid?: number | undefined
  /** Mines empty blocks. */
  mine(blocks?: number): Promise<void>
  /** Any other JSON-RPC call, such as `evm_snapshot` or `anvil_setBalance`. */
  rpc<T = unknown>(method: string, params?: unknown[]): Promise<T>
  stop(): Promise<void>
}

/**
 * Starts anvil on a free port. `blockTime` in seconds; without it anvil mines each transaction at once. Chains that began at
 * the same `timestamp`, in seconds (now without it), have the same first block.
 */
export async function startAnvil({
  port = 0,
  chainId = 1338,
  blockTime,
  noMining = false,
  state,
  timestamp,
}: Partial<Parameters<typeof anvilCommand>[0]> & { timestamp?: number } = {}): Promise<TestChain> {
  const { command, args } = anvilCommand({
    port,
    chainId,
    noMining,
    ...(blockTime !== undefined && { blockTime }),
    ...(state !== undefined && { state }),
  })
  if (timestamp !== undefined) args.push('--timestamp', String(timestamp))
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const rpcUrl = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (isAnvilListening(line)) resolve(line.replace('Listening on ', 'http://').trim())
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`anvil ended with ${code}`)))
  })
  const rpc = <T>(method: string, params?: readonly unknown[]) => callNode<T>(rpcUrl, method, params)
  return {
    rpcUrl,
    wsUrl: rpcUrl.replace('http', 'ws'),
    chainId,
    pid: child.pid,
    rpc,
    mine: async (blocks = 1) => {
      await rpc('anvil_mine', [`0x${blocks.toString(16)}`])
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
