import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '@polyswarm/protocol/json'
import { z } from 'zod'
import { InvalidServiceAddressError, KeyInTheClearError, NoServiceError } from '../errors.js'

/** What says where the service is and who asks. */
export interface AddressSettings {
  /** `--api-uri` or POLYSWARM_API_URI. */
  apiUri?: string | undefined
  apiKey?: string | undefined
  allowKeyOverHttp: boolean
  /** Data directory of a market on this machine: MARKET_DATA, or `.polyswarm`. */
  marketData: string
}

const MAX_MARKET_FILE = 1_000_000
const marketFile = z.object({ consumerApi: z.string().optional() })

/**
 * The base URL of the service: the one that was named, or else that of a market which runs on this machine.
 *
 * @throws NoServiceError where neither is there.
 * @throws InvalidServiceAddressError for what is no http or https URL, or holds a password, a query or a fragment.
 * @throws KeyInTheClearError where a key would travel unencrypted to another machine.
 */
export function serviceAddress({ apiUri, apiKey, allowKeyOverHttp, marketData }: AddressSettings): URL {
  const base = apiUri === undefined ? addressInMarket(join(marketData, 'market.json')) : parseAddress(apiUri)
  if (apiKey !== undefined && base.protocol === 'http:' && !isLoopback(base) && !allowKeyOverHttp) {
    throw new KeyInTheClearError({ url: base.origin })
  }
  return base
}

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/**
 * A market file may lie in a directory that somebody else has filled, and what it names is sent the files that are scanned.
 * So only an address on this machine is taken from it.
 */
function addressInMarket(path: string): URL {
  const address = readMarketFile(path)
  if (address === undefined) throw new NoServiceError({ looked: path })
  const url = parseAddress(address)
  if (!isLoopback(url)) {
    const reason = `${path} may only name a service on this machine; give it with --api-uri to use it all the same`
    throw new InvalidServiceAddressError({ text: address, reason })
  }
  return url
}

function readMarketFile(path: string): string | undefined {
  let file: number
  try {
    // A pipe of that name must not keep the command waiting for a writer.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
  try {
    if (!fstatSync(file).isFile() || fstatSync(file).size > MAX_MARKET_FILE) return undefined
    return marketFile.parse(parseJson(readFileSync(file, 'utf8'))).consumerApi
  } catch (error) {
    const reason = `${path} is no market file (${(error as Error).message.split('\n', 1)[0]})`
    throw new InvalidServiceAddressError({ text: '', reason })
  } finally {
    closeSync(file)
  }
}

function parseAddress(text: string): URL {
  const url = URL.parse(text.trim())
  if (!url) throw new InvalidServiceAddressError({ text, reason: 'give a URL such as https://api.example/v3' })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidServiceAddressError({ text, reason: 'it is neither http nor https' })
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidServiceAddressError({ text: '…', reason: 'a password in a URL ends up in logs' })
  }
  if (url.search !== '' || url.hash !== '') {
    throw new InvalidServiceAddressError({ text, reason: 'it must hold neither ? nor #' })
  }
  while (url.pathname.endsWith('/') && url.pathname !== '/') url.pathname = url.pathname.slice(0, -1)
  return url
}
