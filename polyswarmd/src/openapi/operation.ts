import type { z } from 'zod'

/** A query parameter. */
export interface Parameter {
  name: string
  description: string
  required?: boolean
}

/** One method of one path, with the schemas that check what goes in and describe what comes out. */
export interface Operation {
  method: 'GET' | 'POST'
  /** As the server knows it, with `:name` for what varies. */
  path: string
  summary: string
  query: readonly Parameter[]
  body?: z.ZodType | 'files'
  /** What is in `result`; `bytes`, `text` and `page` are answers without envelope. */
  result: z.ZodType | 'bytes' | 'text' | 'page' | 'events'
}

const account: Parameter = { name: 'account', description: 'Ethereum address of whoever asks', required: true }
const chain: Parameter = { name: 'chain', description: 'home or side; side by default' }
const baseNonce: Parameter = { name: 'base_nonce', description: 'nonce of the first transaction' }
const preflight: Parameter = {
  name: 'preflight',
  description: 'refuse, with the reason, what would revert in the next block',
}
const fees: Parameter = {
  name: 'fees',
  description:
    'legacy, with gasPrice, by default; eip1559 for type 2, with maxFeePerGas and maxPriorityFeePerGas instead',
}

/** Parameters that many routes have in common. */
export const parameters = {
  chain: [chain],
  account: [account],
  party: [account, chain],
  builds: [account, chain, baseNonce, preflight, fees],
  buildsOnFixedChain: [account, baseNonce, preflight, fees],
}

/** A page of a list. */
export const page: readonly Parameter[] = [
  { name: 'after', description: 'next of the page before; 0 for the first' },
  { name: 'limit', description: 'rows, 1 to 100; 25 by default' },
]

/** A route that only reads. */
export function read(path: string, summary: string, result: Operation['result'], query: readonly Parameter[] = []) {
  return { method: 'GET', path, summary, query, result } satisfies Operation
}

/** A route that takes a body. */
export function take(
  path: string,
  summary: string,
  body: Operation['body'],
  result: Operation['result'],
  query: readonly Parameter[] = [],
): Operation {
  return { method: 'POST', path, summary, query, result, ...(body === undefined ? {} : { body }) }
}
