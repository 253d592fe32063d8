/** A URL as it is written, or as it is shown so that nobody opens it by mistake. */
const URL_START = /^h(tt|xx)ps?(:|\[:\])\/\//i

/** Whether a word is an http or https URL, defanged or not. */
export function isUrl(word: string): boolean {
  return URL_START.test(word)
}

/** A URL, domain or address that may have been copied out of a report, as it was before it was defanged. */
export function livingUrl(word: string): string {
  const scheme = /^hxxp/i.test(word) ? `http${word.slice(4)}` : word
  return scheme.replaceAll('[.]', '.').replaceAll('[:]', ':')
}
