import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_ARTIFACT_SIZE } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { KeyFileError } from '../errors.js'
import { integer } from '../settings.js'
import { KEY_FILE, KeyFile } from './key-file.js'

interface KeyFlags {
  data: string
  maxArtifactSize: string
  requestsPerMinute: string
  bytesInFlight: string
}

/** `polyswarmd key`: who may use a daemon that does not listen on loopback only. */
export function keyCommand(): Command {
  const data = () =>
    new Option('--data <directory>', "the daemon's data directory").env('POLYSWARMD_DATA').default('polyswarmd-data')
  const add = new Command('add')
    .description('make a key and print it, this once')
    .argument('<name>', 'whom it is for')
    .addOption(data())
    .option('--max-artifact-size <bytes>', 'largest artifact', String(MAX_ARTIFACT_SIZE))
    .option('--requests-per-minute <number>', 'requests a minute', '6000')
    .option('--bytes-in-flight <bytes>', 'uploads and downloads under way', String(8 * MAX_ARTIFACT_SIZE))
    .action((name: string, flags: KeyFlags) => {
      const limits = {
        maxArtifactSize: integer('--max-artifact-size', flags.maxArtifactSize, 1, 2 ** 32),
        requestsPerMinute: integer('--requests-per-minute', flags.requestsPerMinute, 1, 1_000_000_000),
        bytesInFlight: integer('--bytes-in-flight', flags.bytesInFlight, 1, 2 ** 40),
      }
      withKeys(flags, (keys) => {
        const { id, key } = keys.add(name, limits)
        process.stderr.write(`Key ${id} for ${name}; it is shown this once:\n`)
        process.stdout.write(`${key}\n`)
      })
    })
  const list = new Command('list')
    .description('list the keys: id, whom each is for, limits')
    .addOption(data())
    .action((flags: KeyFlags) =>
      withKeys(flags, (keys) => {
        for (const key of keys.list()) {
          const { id, name, maxArtifactSize, requestsPerMinute, bytesInFlight, createdAt, revokedAt } = key
          const dates = [createdAt, ...(revokedAt === null ? [] : [revokedAt])].map((ms) => new Date(ms).toISOString())
          const limits = `${maxArtifactSize} bytes, ${requestsPerMinute} a minute, ${bytesInFlight} bytes in flight`
          process.stdout.write(`${id}  ${printable(name)}  ${limits}  ${dates.join(', revoked ')}\n`)
        }
      }),
    )
  const revoke = new Command('revoke')
    .description('make a key worthless, from the next request on')
    .argument('<id>', 'as list shows it')
    .addOption(data())
    .action((id: string, flags: KeyFlags) => withKeys(flags, (keys) => keys.revoke(id)))
  return new Command('key').description('manage API keys').addCommand(add).addCommand(list).addCommand(revoke)
}

function withKeys(flags: Pick<KeyFlags, 'data'>, work: (keys: KeyFile) => void): void {
  try {
    mkdirSync(flags.data, { recursive: true })
  } catch (cause) {
    throw new KeyFileError({ file: join(flags.data, KEY_FILE), cause })
  }
  const keys = KeyFile.open(join(flags.data, KEY_FILE))
  try {
    work(keys)
  } finally {
    keys.close()
  }
}

/** A name without what would make the terminal do things. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}
