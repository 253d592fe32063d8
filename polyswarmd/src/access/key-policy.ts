import { isLoopback } from './loopback.js'

/** When API keys are required: as the address to listen on wants it, always, or never. */
export const KEY_POLICIES = ['auto', 'required', 'off'] as const

/** See {@link KEY_POLICIES}. */
export type KeyPolicy = (typeof KEY_POLICIES)[number]

/** Whether a daemon that listens on an address asks for keys: on loopback only programs of this machine reach it. */
export function requiresKeys(policy: KeyPolicy, host: string): boolean {
  return policy === 'auto' ? !isLoopback(host) : policy === 'required'
}
