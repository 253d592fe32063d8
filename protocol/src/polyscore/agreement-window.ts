import type { JudgedArtifact } from './judgement.js'

/** Artifacts without a truth that are held: the newest. */
const HELD = 256

/** Artifacts whose truth is not known (yet), the newest of them. */
export class AgreementWindow {
  readonly #artifacts = new Map<string | symbol, JudgedArtifact>()
  #changes = 0

  add(artifact: JudgedArtifact): void {
    const key = artifact.id ?? Symbol()
    this.#artifacts.delete(key)
    this.#artifacts.set(key, artifact)
    const [oldest] = this.#artifacts.keys()
    if (this.#artifacts.size > HELD && oldest !== undefined) this.#artifacts.delete(oldest)
    this.#changes++
  }

  remove(id: string | undefined): void {
    if (id !== undefined && this.#artifacts.delete(id)) this.#changes++
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#artifacts.has(id)
  }

  get artifacts(): readonly JudgedArtifact[] {
    return [...this.#artifacts.values()]
  }

  /** Whether so much has changed since the last time that it is worth going through all of it again; true once. */
  takeChange(): boolean {
    if (this.#changes <= this.#artifacts.size / 16) return false
    this.#changes = 0
    return true
  }
}
