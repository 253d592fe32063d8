import { BaseError, type Hex, RpcRequestError } from 'viem'

/** What a node answered instead of a result. */
export interface RpcFailure {
  code: number
  message: string
  /** What a contract returned when it reverted, where the node tells. */
  data: Hex | undefined
}

/** The node's own words inside an error of viem; null where the node was not reached. */
export function rpcFailureOf(error: unknown): RpcFailure | null {
  const found = error instanceof BaseError ? error.walk((cause) => cause instanceof RpcRequestError) : null
  return found instanceof RpcRequestError
    ? { code: found.code, message: found.details, data: dataOf(found.data) }
    : null
}

function dataOf(data: unknown): Hex | undefined {
  const text = typeof data === 'object' ? (data as { data?: unknown } | null)?.data : data
  return typeof text === 'string' && text.startsWith('0x') ? (text as Hex) : undefined
}
