import { FAMILY_ALIASES, GENERIC_WORDS } from './family-words.js'

/** What engines call what they found, put together. */
export interface FamilyVote {
  /** What most engines mean; null where nobody names a family. */
  name: string | null
  /** Names with how many engines mean them, the most first; the first sixteen. */
  votes: { name: string; votes: number }[]
}

/** Characters of a label that are read. */
const READ = 200
/** Shorter words are versions and marks of engines. */
const SHORTEST = 4
const SHOWN = 16
/** Names that are counted at most: what engines write is theirs to choose. */
const MOST = 4_096

/**
 * Makes one name out of what several engines say: words that name no family (kinds, platforms, how it was found) are left out,
 * aliases are joined, and each engine has one vote for each word that is left. Among equals the one that was there first.
 *
 * @param labels what each engine says, one text each, such as `Trojan:Win32/Emotet.A!ml`.
 * @example
 * ```ts
 * import { familyVote } from '@polyswarm/protocol/polyscore'
 * familyVote(['Trojan:Win32/Emotet.A!ml', 'W32.Heodo.gen', 'Generic.Malware']).name // => 'Emotet'
 * ```
 */
export function familyVote(labels: Iterable<string>): FamilyVote {
  const counted = new Map<string, { votes: number; spellings: Map<string, number> }>()
  for (const label of labels) {
    for (const [key, spelling] of wordsOf(label)) {
      const entry = counted.get(key) ?? { votes: 0, spellings: new Map<string, number>() }
      if (!counted.has(key) && counted.size === MOST) continue
      counted.set(key, entry)
      entry.votes++
      entry.spellings.set(spelling, (entry.spellings.get(spelling) ?? 0) + 1)
    }
  }
  const votes = [...counted.values()]
    .sort((a, b) => b.votes - a.votes)
    .slice(0, SHOWN)
    .map(({ votes, spellings }) => ({ name: mostOf(spellings), votes }))
  return { name: votes[0]?.name ?? null, votes }
}

/** The words of a label that can name a family, in their order, with the way they are to be shown. */
function wordsOf(label: string): Map<string, string> {
  const words = new Map<string, string>()
  for (const written of label.slice(0, READ).split(/[^A-Za-z0-9]+/)) {
    const word = written.toLowerCase()
    const known = FAMILY_ALIASES.get(word)
    if (known !== undefined) words.set(known, known)
    else if (isName(word)) words.set(word, words.get(word) ?? written)
  }
  return words
}

function isName(word: string): boolean {
  if (word.length < SHORTEST || GENERIC_WORDS.has(word)) return false
  // Numbers, hashes, and generic words with a number behind them.
  if (/^\d/.test(word) || /^[0-9a-f]+$/.test(word)) return false
  return !GENERIC_WORDS.has(word.replace(/\d+$/, ''))
}

function mostOf(spellings: ReadonlyMap<string, number>): string {
  let [best, most] = ['', 0]
  for (const [spelling, count] of spellings) if (count > most) [best, most] = [spelling, count]
  return best
}
