/**
 * How many rules a text of rules has that compiles: how often the keyword `rule` stands there, which can be no name. What is
 * within comments, texts between quotes, and regular expressions is passed over; a slash begins one of these and nothing else.
 */
export function ruleCount(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfLiteral(text, at, '"')
    else if (character === '/') at = endOfSlash(text, at)
    else if (character === 'r' && isKeyword(text, at)) count++
  }
  return count
}

const KEYWORD = 'rule'

function isKeyword(text: string, at: number): boolean {
  return text.startsWith(KEYWORD, at) && !isWord(text[at - 1]) && !isWord(text[at + KEYWORD.length])
}

/** Names of patterns and modules' fields may be keywords: they follow a sign or a dot. */
function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\w$#@!.]/.test(character)
}

function endOfSlash(text: string, at: number): number {
  if (text[at + 1] === '/') return endOf(text, '\n', at)
  if (text[at + 1] === '*') return endOf(text, '*/', at + 2) + 1
  return endOfLiteral(text, at, '/')
}

function endOf(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  return found < 0 ? text.length : found
}

function endOfLiteral(text: string, begin: number, end: string): number {
  let at = begin + 1
  while (at < text.length && text[at] !== end) at += text[at] === '\\' ? 2 : 1
  return at
}
