import { RE2JS } from 're2js'
import { InvalidOptionError } from '../errors.js'

/** The flags of JavaScript's patterns that say something about what is found. */
const FLAGS: Record<string, number> = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL }

/**
 * A pattern of the operator's, to be looked for in texts that strangers wrote. The search takes time in proportion to the
 * text, whatever the pattern. The syntax is that of [RE2](https://github.com/google/re2/wiki/Syntax): without look-around and
 * back-references.
 */
export class LinearPattern {
  readonly #pattern: RE2JS

  /**
   * @param option where the pattern was given.
   * @param flags as in JavaScript; those other than `i`, `m` and `s` have no meaning here.
   * @throws InvalidOptionError for a pattern that cannot be understood.
   */
  constructor(option: string, source: string, flags = '') {
    try {
      this.#pattern = RE2JS.compile(
        source,
        [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0),
      )
    } catch (error) {
      const reason = `${(error as Error).message} (patterns are those of RE2: no look-around, no back-references)`
      throw new InvalidOptionError({ option, reason })
    }
  }

  /** Whether the text, or some part of it, is what is looked for. */
  test(text: string): boolean {
    return this.#pattern.test(text)
  }

  /** The text of a named group where the pattern is first found; undefined where there is none. */
  group(text: string, name: string): string | undefined {
    if (!(name in this.#pattern.namedGroups())) return undefined
    const matcher = this.#pattern.matcher(text)
    return matcher.find() ? (matcher.group(name) ?? undefined) : undefined
  }
}
