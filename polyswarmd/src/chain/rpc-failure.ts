import { BaseError, RpcRequestError } from 'viem'

/** What a node answered instead of a result. */
export interface RpcFailure {
  code: number
  message: string
}

/** The node's own words inside an error of viem; null where the node was not reached. */
export function rpcFailureOf(error: unknown): RpcFailure | null {
  const found = error instanceof BaseError ? error.walk((cause) => cause instanceof RpcRequestError) : null
  return found instanceof RpcRequestError ? { code: found.code, message: found.details } : null
}
