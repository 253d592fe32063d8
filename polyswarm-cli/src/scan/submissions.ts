import type { Instance } from '@polyswarm/protocol/consumer'

/** A submission that is under way. */
export interface UnderWay {
  target: string
  /** Null while nothing is known but that it was started. */
  instance: Instance | null
}

/** What a command has under way: what the live line tells of, and what a stopped command leaves behind. */
export class Submissions {
  readonly #open = new Map<string, UnderWay>()
  readonly #onChange: (submissions: Submissions) => void
  #uploading = ''
  #done = 0

  constructor(onChange: (submissions: Submissions) => void = () => undefined) {
    this.#onChange = onChange
  }

  /** Ids of what was started and is not answered. */
  get ids(): string[] {
    return [...this.#open.keys()]
  }

  /** What is under way, the oldest first. */
  get open(): readonly UnderWay[] {
    return [...this.#open.values()]
  }

  /** What was uploaded last. */
  get uploadingNow(): string {
    return this.#uploading
  }

  /** How many are over. */
  get done(): number {
    return this.#done
  }

  uploading(target: string): void {
    this.#uploading = target
    this.#onChange(this)
  }

  started(target: string, id: string): void {
    this.#open.set(id, { target, instance: null })
    this.#onChange(this)
  }

  changed(instance: Instance): void {
    const known = this.#open.get(instance.id)
    if (known) known.instance = instance
    this.#onChange(this)
  }

  over(id: string): void {
    this.#open.delete(id)
    this.#done++
    this.#onChange(this)
  }
}
