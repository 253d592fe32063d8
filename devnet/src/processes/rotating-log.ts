import { createWriteStream, openSync, renameSync, statSync, type WriteStream } from 'node:fs'

/** Bytes of a log before a new one is begun. */
const LARGEST = 16 * 1024 * 1024

/** A file that lines are appended to. When it is full it becomes `FILE.1`, in the place of the one before. */
export class RotatingLog {
  readonly #file: string
  readonly #largest: number
  #stream: WriteStream
  #size: number
  /** Lines that came in this turn of the event loop; they are written together. */
  #lines = ''
  #ended = false

  /** @param largest bytes before a new file is begun; 16 MiB by default. */
  constructor(file: string, largest = LARGEST) {
    this.#file = file
    this.#largest = largest
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    this.#stream = this.#open()
  }

  /** Appends a line; one that comes after the end, of a program that left its last words in a pipe, is passed over. */
  write(line: string): void {
    if (this.#ended) return
    const text = `${line}\n`
    const bytes = Buffer.byteLength(text)
    if (this.#size > 0 && this.#size + bytes > this.#largest) this.#rotate()
    this.#size += bytes
    if (this.#lines === '') setImmediate(() => this.#write())
    this.#lines += text
  }

  /** Resolves when all lines are in the file. */
  end(): Promise<void> {
    this.#ended = true
    this.#write()
    return new Promise((resolve) => this.#stream.end(resolve))
  }

  #write(): void {
    if (this.#lines !== '') this.#stream.write(this.#lines)
    this.#lines = ''
  }

  /** What waits to be written still goes to the file that was opened, whatever its name is by then. */
  #rotate(): void {
    this.#write()
    this.#stream.end()
    renameSync(this.#file, `${this.#file}.1`)
    this.#stream = this.#open()
    this.#size = 0
  }

  #open(): WriteStream {
    // Opened at once: later, the name may be that of the next file already.
    return createWriteStream(this.#file, { fd: openSync(this.#file, 'a', 0o600) })
  }
}
