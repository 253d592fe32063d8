import { stringifyJson } from '@polyswarm/protocol'
import type { Transport } from 'viem'
import { Places } from '../access/places.js'
import { SharedQuestions } from './shared-questions.js'

/** Calls to a node that are under way at the same time, and those that wait. */
const CALLS = 64
const WAITING = 1_024

/** What changes something at the node: never the same call twice. */
const ACTIONS = new Set(['eth_sendRawTransaction'])

/**
 * A transport for calls on behalf of strangers: the same question is asked once for all who have it at the same time, and
 * no more calls are under way than the node should get at once. What comes beyond is refused with OverloadedError.
 */
export function sharedTransport(transport: Transport): Transport {
  const questions = new SharedQuestions()
  const places = new Places(CALLS, WAITING)
  return (options) => {
    const made = transport(options)
    const { request } = made
    const shared = (call: { method: string; params?: unknown }, ...rest: unknown[]) => {
      const ask = () => places.run(() => (request as (...args: unknown[]) => Promise<unknown>)(call, ...rest))
      return ACTIONS.has(call.method) ? ask() : questions.ask(stringifyJson([call.method, call.params]), ask)
    }
    return { ...made, request: shared as typeof request }
  }
}
