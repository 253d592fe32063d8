import {
  arbiterStakingAbi,
  bountyRegistryAbi,
  erc20RelayAbi,
  guidFromUint128,
  keeperAbi,
  nectarTokenAbi,
  offerMultiSigAbi,
  offerRegistryAbi,
} from '@polyswarm/protocol'
import { type Abi, type AbiParameter, decodeErrorResult, type Hex } from 'viem'

/** Every custom error of the market's contracts; the same error in two contracts decodes the same. */
const errorsAbi: Abi = [
  ...bountyRegistryAbi,
  ...arbiterStakingAbi,
  ...nectarTokenAbi,
  ...offerRegistryAbi,
  ...offerMultiSigAbi,
  ...erc20RelayAbi,
  ...keeperAbi,
].filter((item) => item.type === 'error')

/**
 * What a contract said when it reverted, as a sentence: the text of a `require`, or the name of a custom error in words,
 * with its values by name.
 *
 * @returns null where the data is empty or unknown.
 */
export function revertReason(data: Hex | undefined): string | null {
  if (data === undefined || data === '0x') return null
  try {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: errorsAbi, data })
    const values = (args ?? []) as readonly unknown[]
    if (errorName === 'Error') return String(values[0])
    const inputs = 'inputs' in abiItem ? (abiItem.inputs as readonly AbiParameter[]) : []
    const named = inputs.map((input, index) => `${input.name || index} ${valueText(input, values[index])}`)
    return `${inWords(errorName)}${named.length > 0 ? ` (${named.join(', ')})` : ''}`
  } catch {
    return null
  }
}

/** AssertionBidOutOfRange → Assertion bid out of range */
function inWords(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
  const [first = '', ...rest] = words.split(' ')
  return [first, ...rest.map((word) => (/^[A-Z]+$/.test(word) && word.length > 1 ? word : word.toLowerCase()))].join(
    ' ',
  )
}

function valueText(input: AbiParameter, value: unknown): string {
  return input.type === 'uint128' && typeof value === 'bigint' && /guid/i.test(input.name ?? '')
    ? guidFromUint128(value)
    : String(value)
}
