import { parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Page, Route } from 'playwright-core'

/** A text that does all that a text can do to a page, and turns what is behind it round, also where its end is cut off. */
export const HOSTILE = '\u202Efdp.exe"><img src=x onerror=alert(1)><script>alert(2)</script>\u202Efdp.exe'

/** Members whose text others write, whatever is in them. */
const FREE = new Set([
  ...['filename', 'name', 'author_name', 'arbiter_name', 'description', 'community', 'country', 'account_name'],
  ...[
    'mimetype',
    'extended_type',
    'failed_reason',
    'record',
    'reason',
    'reasons',
    'tool',
    'permalink',
    'malware_family',
  ],
  ...['sha1', 'md5', 'first_seen', 'webhook_uri', 'events', 'why'],
])
/** The same where a schema lets a text be no longer. */
const SHORT = new Map([
  ['community', HOSTILE.slice(0, 38)],
  ['first_seen', HOSTILE.slice(0, 38)],
])
/** Members of which everything is written by others, the names of members as well. */
const DOCUMENTS = new Set(['metadata', 'tool_metadata', 'evidence'])
/** Members that look like one of these and are part of how things hang together. */
const NEEDED = /^\/v3|^http:\/\/127\.|^0x[0-9a-f]{40}$/i

/**
 * A JSON value in which whoever can write a text has written {@link HOSTILE}. Bids, verdicts, hashes by which things are
 * found and what a schema holds to a few words stay as they are.
 *
 * @param all whether this value is part of a document of others.
 */
function hostile(value: unknown, member = '', all = false): unknown {
  if (typeof value === 'string')
    return (all || FREE.has(member)) && !NEEDED.test(value) ? (SHORT.get(member) ?? HOSTILE) : value
  if (Array.isArray(value)) return value.map((each) => hostile(each, member, all))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, each]) => {
    // Why money moved is the chain's to say.
    if (name === 'reason' && 'direction' in value) return [name, each]
    return [name, hostile(each, name, all || (DOCUMENTS.has(name) && !isListOfTools(each)))]
  })
  return Object.fromEntries(all ? [...members, [HOSTILE, HOSTILE]] : members)
}

/** The metadata of a submission is a list of what tools said, of which each has a document. */
function isListOfTools(value: unknown): boolean {
  return Array.isArray(value) && value.some((each) => each !== null && typeof each === 'object' && 'tool' in each)
}

/** Answers a request with what the server says, changed; one whose page has gone is answered by nobody. */
export async function answerWith(route: Route, change: (said: unknown) => unknown): Promise<void> {
  try {
    const answer = await route.fetch()
    const text = await answer.text()
    const body = isJson(text) ? stringifyJson(change(parseJson(text))) : text
    await route.fulfill({ status: answer.status(), contentType: 'application/json', body })
  } catch {
    await route.abort().catch(() => undefined)
  }
}

/** From here on everybody who can write a text to a page's market has written {@link HOSTILE}. */
export async function answerHostile(page: Page): Promise<void> {
  await page.route('**/api/**', (route) => answerWith(route, (said) => hostile(said)))
  await page.route('**/page.json', (route) =>
    answerWith(route, (settings) => {
      const { names } = settings as { names: Record<string, string> }
      const all = Object.keys(names).map((address) => [address, HOSTILE])
      return { ...(settings as object), names: Object.fromEntries(all) }
    }),
  )
  await page.routeWebSocket('**/api/daemon/events**', (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => socket.send(stringifyJson(hostile(parseJson(String(message))))))
  })
}

/** What of a text of others has got into a page as more than a text: elements, scripts, and marks that turn text round. */
export function strangers(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const found = []
    const turns = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/
    const say = (what, text) => found.push(what + ': ' + text.slice(0, 120))
    if (turns.test(document.title)) say('title', document.title)
    for (const element of document.querySelectorAll('*')) {
      if (element.matches('img, script:not([src^="/"]), iframe, object, embed, base, meta[http-equiv]')) say('element', element.outerHTML)
      for (const { name, value } of element.attributes) {
        if (turns.test(value)) say(element.tagName + ' ' + name, value)
        if (name.startsWith('on') || /^\\s*(javascript|data):/i.test(value)) say(element.tagName + ' ' + name, value)
      }
      for (const node of element.childNodes) if (node.nodeType === 3 && turns.test(node.data)) say(element.tagName, node.data)
    }
    return found
  })()`) as Promise<string[]>
}

function isJson(text: string): boolean {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}
