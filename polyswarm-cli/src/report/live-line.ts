import { basename } from 'node:path'
import { columnsOf } from '@polyswarm/protocol/polyscore'
import type { Submissions, UnderWay } from '../scan/submissions.js'
import { cell } from './cell.js'

/** Where the line is shown. */
export interface Screen {
  isTTY?: boolean
  columns?: number
  write: (text: string) => unknown
}

const ERASE = '\r\x1b[K'
/** Milliseconds between two changes of the line. */
const EVERY = 100

const DOING: Record<string, string> = {
  assertion: 'engines are answering',
  reveal: 'engines reveal their answers',
  vote: 'arbiters are voting',
  quorum: 'arbiters agree',
  finished: 'it is being paid',
}

/** One line on a terminal that says what is under way, and takes itself away. Nothing elsewhere. */
export class LiveLine {
  readonly #screen: Screen
  readonly #now: () => number
  readonly #since: number
  #shown = false
  #next = 0

  constructor(screen: Screen, now: () => number) {
    this.#screen = screen
    this.#now = now
    this.#since = now()
  }

  tell(submissions: Submissions): void {
    if (!this.#screen.isTTY || this.#now() < this.#next) return
    this.#next = this.#now() + EVERY
    const seconds = ` · ${Math.round((this.#now() - this.#since) / 1000)} s`
    const room = (this.#screen.columns ?? 80) - 1 - columnsOf(seconds)
    this.#screen.write(`${ERASE}${cell(progressText(submissions), room).trimEnd()}${seconds}`)
    this.#shown = true
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#shown) this.#screen.write(ERASE)
    this.#shown = false
    this.#next = 0
  }
}

/** What is under way, in one line. */
function progressText({ open, done, uploadingNow }: Submissions): string {
  const [only] = open
  if (!only) return `${done > 0 ? `${done} answered · ` : ''}uploading ${nameOf(uploadingNow)}`
  if (open.length === 1 && done === 0) return `${nameOf(only.target)}: ${doingOf(only)}`
  const phases = Map.groupBy(open, ({ instance }) => instance?.bounty?.phase ?? 'waiting')
  const counts = [...phases].map(([phase, those]) => `${those.length} in ${phase}`)
  return `${done} answered, ${open.length} open: ${counts.join(', ')}`
}

/** Short enough to leave room for what happens. */
function nameOf(target: string): string {
  return cell(basename(target), 24).trimEnd()
}

function doingOf({ instance }: UnderWay): string {
  const bounty = instance?.bounty
  if (!bounty?.phase) return 'waits to be posted'
  const left = bounty.phase === 'assertion' && bounty.expiration !== null ? bounty.expiration - bounty.block : 0
  const blocks = left > 0 ? `, ${left} blocks left` : ''
  const names = bounty.answered.slice(0, 8).map(({ author, name }) => name || author.slice(0, 10))
  const more = bounty.answered.length - names.length
  const who =
    names.length === 0 ? 'no answer yet' : `answered: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${DOING[bounty.phase]}${blocks} · ${who}`
}
