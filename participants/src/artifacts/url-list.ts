import type { Verdict } from '@polyswarm/protocol'

/** A URL of a list. */
export interface ListedUrl {
  /** The URL as it is written there. */
  url: string
  /** What is true of it, where the list says so. */
  truth?: Verdict
}

/** The longest URL that is posted, in bytes: browsers and servers take no more than that for granted. */
export const MAX_URL_BYTES = 2_048

/** What ends a line, deceives a terminal, or is no text at all. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u

/**
 * Reads a list of URLs: one on each line, http or https, with `malicious` or `benign` behind it where that is known. Empty
 * lines and lines that begin with `#` are passed over, a URL that is there twice counts once.
 *
 * @param refuse makes an error of the reason why a list cannot be taken, which names the line.
 * @throws the error that `refuse` makes.
 */
export function parseUrlList(text: string, refuse: (reason: string) => Error): ListedUrl[] {
  const listed = new Map<string, ListedUrl & { line: number }>()
  for (const [index, whole] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1
    const trimmed = whole.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [url = '', truth, ...more] = trimmed.split(/[ \t]+/)
    const problem = urlProblem(url)
    if (problem !== undefined) throw refuse(`line ${line}: ${problem}`)
    if (more.length > 0 || !isTruth(truth)) {
      throw refuse(`line ${line}: nothing but malicious or benign can stand behind the URL`)
    }
    const known = listed.get(url)
    if (known && truth !== undefined && known.truth !== undefined && known.truth !== truth) {
      throw refuse(`line ${line}: the URL is ${truth} here and ${known.truth} in line ${known.line}`)
    }
    const said = truth ?? known?.truth
    listed.set(url, { url, line: known?.line ?? line, ...(said !== undefined && { truth: said }) })
  }
  if (listed.size === 0) throw refuse('there are no URLs in it')
  return [...listed.values()].map(({ line: _line, ...entry }) => entry)
}

/** Why a text cannot be posted as a URL; undefined where it can. */
export function urlProblem(text: string): string | undefined {
  if (text.includes('\ufffd')) return 'it is not UTF-8'
  if (FORBIDDEN.test(text)) return 'it holds a character that cannot be seen'
  const size = Buffer.byteLength(text)
  if (size > MAX_URL_BYTES) return `the URL has ${size} bytes, ${MAX_URL_BYTES} are allowed`
  // A parser of URLs would take "https:example.org" as well.
  if (!/^https?:\/\//i.test(text)) return 'only http:// and https:// are posted'
  if (!URL.canParse(text)) return 'it is not a URL'
  return undefined
}

function isTruth(text: string | undefined): text is Verdict | undefined {
  return text === undefined || text === 'malicious' || text === 'benign'
}
