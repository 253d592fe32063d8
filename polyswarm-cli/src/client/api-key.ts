import { readFileSync } from 'node:fs'
import { InvalidArgumentError } from '../errors.js'

/**
 * The key that a request carries: given by itself or in a file.
 *
 * @throws InvalidArgumentError where the file cannot be read, or what is given cannot stand in a header.
 */
export function apiKeyOf(flags: { apiKey?: string | undefined; apiKeyFile?: string | undefined }): string | undefined {
  const key = flags.apiKey ?? (flags.apiKeyFile === undefined ? undefined : keyIn(flags.apiKeyFile))
  if (key !== undefined && !/^[\x21-\x7e]{1,512}$/.test(key)) {
    throw new InvalidArgumentError({ argument: 'the API key', reason: 'it is 1 to 512 visible ASCII characters' })
  }
  return key
}

function keyIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new InvalidArgumentError({ argument: '--api-key-file', reason: (error as Error).message })
  }
}
