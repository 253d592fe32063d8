#!/usr/bin/env node
// Mines a block a second on a development chain that mines none by itself. Who starts it decides from when on time passes
// in the market: see `miner` in compose.yaml.
import { setTimeout } from 'node:timers/promises'

const BLOCK_TIME = 1_000
const chain = process.env.POLYSWARMD_RPC_URL ?? 'http://chain:8545'

/** Where the hashes of old blocks are kept, by EIP-2935: without its code they are not, and empty blocks cost next to nothing. */
const HISTORY_STORAGE = '0x0000F90827F1C53a10cb7A02335B175320002935'

async function ask(method, ...params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(chain, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) })
  const { error } = await answer.json()
  if (error) throw new Error(error.message)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit())
let isSet = false
for (let next = Date.now(); ; next = Math.max(next + BLOCK_TIME, Date.now())) {
  await setTimeout(next - Date.now())
  // A chain that starts again is asked again.
  try {
    if (!isSet) await ask('anvil_setCode', HISTORY_STORAGE, '0x')
    isSet = true
    await ask('evm_mine')
  } catch ({ message, cause }) {
    process.stderr.write(`mine-blocks: ${cause?.message ?? message}\n`)
  }
}
