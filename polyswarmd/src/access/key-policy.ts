import { BlockList, isIP } from 'node:net'

/** When API keys are required: as the address to listen on wants it, always, or never. */
export const KEY_POLICIES = ['auto', 'required', 'off'] as const

/** See {@link KEY_POLICIES}. */
export type KeyPolicy = (typeof KEY_POLICIES)[number]

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether a daemon that listens on an address asks for keys: on loopback only programs of this machine reach it. */
export function requiresKeys(policy: KeyPolicy, host: string): boolean {
  if (policy !== 'auto') return policy === 'required'
  const family = isIP(host)
  const local = host === 'localhost' || (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'))
  return !local
}
