import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { downloadSample } from '../download/download-sample.js'
import { TerminalOutputError } from '../errors.js'
import { EXIT } from '../exit-status.js'
import { wholeFrom } from '../options.js'
import type { Run } from '../program.js'
import { parseSubject } from '../subject.js'
import { MAX_SAMPLE_SIZE } from './download.js'

/** `polyswarm cat HASH|ID` */
export function catCommand(run: Run): Command {
  const command = new Command('cat')
    .description('Writes an artifact to a pipe, in a zip with the password "infected".')
    .argument('<subject>', 'HASH or ID')
    .option('--raw', 'the bytes themselves: dangerous where they are malware', false)
    .addOption(
      new Option('--max-size <bytes>', 'refuse larger ones').argParser(wholeFrom(1, 2 ** 40)).default(MAX_SAMPLE_SIZE),
    )
  return command.action((word: string) =>
    run(command, async ({ client, io: { stdout, signal } }) => {
      if (stdout.isTTY === true) throw new TerminalOutputError({ subject: word })
      const { raw, maxSize } = command.opts<{ raw: boolean; maxSize: number }>()
      const subject = parseSubject(word)
      // Nothing goes on before all of it is there and is what it should be.
      const directory = await mkdtemp(join(tmpdir(), 'polyswarm-'))
      try {
        const path = await downloadSample(client, subject, { directory, raw, force: false, maxBytes: maxSize })
        await pipeline(createReadStream(path), stdout, { end: false, signal })
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
      return EXIT.done
    }),
  )
}
