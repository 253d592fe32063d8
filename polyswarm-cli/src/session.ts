import type { Readable, Writable } from 'node:stream'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { apiKeyOf } from './client/api-key.js'
import { ConsumerClient } from './client/consumer-client.js'
import { serviceAddress } from './client/service-address.js'
import type { GlobalFlags } from './options.js'
import type { TextStyle } from './report/answer-text.js'
import { LiveLine, type Screen } from './report/live-line.js'
import { Submissions } from './scan/submissions.js'

/** What a command is run with. */
export interface ProgramIo {
  /** The command line, without the names of Node and the program. */
  words: readonly string[]
  stdin: Readable
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & Screen
  /** Whether reports may be coloured. */
  colors: boolean
  /** Fires on Ctrl-C. */
  signal: AbortSignal
  /** Milliseconds since 1970. */
  now: () => number
}

/** What every command works with. */
export interface Session {
  io: ProgramIo
  flags: GlobalFlags
  client: ConsumerClient
  submissions: Submissions
  style: TextStyle
  /** Writes a line to standard error. What strangers have written in it is shown. */
  say: (text: string) => void
  /** Takes the live line away. */
  clear: () => void
}

/** @throws NoServiceError and others where it is not known whom to ask. */
export function openSession(flags: GlobalFlags, io: ProgramIo): Session {
  const apiKey = apiKeyOf(flags)
  const { apiUri, allowKeyOverHttp, market: marketData, community, requestTimeout } = flags
  const base = serviceAddress({ apiUri, apiKey, allowKeyOverHttp, marketData })
  const client = new ConsumerClient({ base, apiKey, community, idleTimeout: requestTimeout * 1000, signal: io.signal })
  const live = new LiveLine(io.stderr, io.now)
  const clear = (): void => live.clear()
  return {
    io,
    flags,
    client,
    submissions: new Submissions((submissions) => live.tell(submissions)),
    style: { color: io.colors, now: io.now(), width: io.stdout.isTTY ? io.stdout.columns : undefined },
    clear,
    say: (text) => {
      clear()
      io.stderr.write(`polyswarm: ${visibleText(text)}\n`)
    },
  }
}
