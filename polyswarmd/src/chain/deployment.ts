import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import { type Address, getAddress, isAddress } from 'viem'
import { z } from 'zod'
import { DeploymentFileError } from '../errors.js'

const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'must be an Ethereum address')
  .transform((text): Address => getAddress(text.toLowerCase() as Address))

/** Where a market stands on one chain, in the file format of the original daemon's `sidechain.json`. */
export const deploymentSchema = z.object({
  eth_uri: z.string().regex(/^(https?|wss?):\/\/\S+$/, 'must be an http, https, ws or wss URL'),
  chain_id: z.number().int().positive(),
  free: z.boolean(),
  nectar_token_address: address,
  arbiter_staking_address: address,
  bounty_registry_address: address,
  keeper_address: address.optional(),
  erc20_relay_address: address.optional(),
  offer_registry_address: address.optional(),
})

/**
 * Where a market stands on one chain: the node's URL, the chain's id, whether gas costs nothing, and the contracts'
 * checksummed addresses.
 */
export type Deployment = z.infer<typeof deploymentSchema>

/**
 * Reads a deployment file.
 *
 * @throws DeploymentFileError where the file is unreadable, not JSON, or lacks something.
 */
export function readDeployment(file: string): Deployment {
  let content: unknown
  try {
    content = parseJson(readFileSync(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read'
    throw new DeploymentFileError({ file, reason: `${reason} (${(cause as Error).message})`, cause })
  }
  const parsed = deploymentSchema.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DeploymentFileError({ file, reason: `${issue?.path.join('.') || 'the whole'}: ${issue?.message}` })
}

/**
 * Writes a deployment file, whole or not at all.
 *
 * @param options `replace` false keeps a file that is there.
 * @throws DeploymentFileError where it cannot be written.
 */
export function writeDeployment(file: string, deployment: Deployment, { replace = true } = {}): void {
  const partial = `${file}.${process.pid}.partial`
  try {
    writeFileSync(partial, `${stringifyJson(deployment, 2)}\n`)
    if (replace) renameSync(partial, file)
    else {
      // A link, unlike a rename, never replaces a file.
      linkSync(partial, file)
      unlinkSync(partial)
    }
  } catch (cause) {
    throw new DeploymentFileError({ file, reason: `it cannot be written (${(cause as Error).message})`, cause })
  }
}
