/** Something about a URL by which it can be told that it means harm, or that it may. */
export interface UrlMark {
  /** What it is, in words. */
  mark: string
  /** 1: seen at honest places as well. 2: rarely. 4: it is known for that. */
  weight: 1 | 2 | 4
}

/** Addresses that vendors serve for tests, by host and the beginning of the path: dangerous to look at, harmless to visit. */
const TEST_ADDRESSES: readonly [host: RegExp, path: string][] = [
  [/^(www\.|secure\.)?eicar\.(org|com)$/, '/download/eicar'],
  [/^secure\.eicar\.org$/, '/eicar'],
  [/^testsafebrowsing\.appspot\.com$/, '/s/'],
  [/^(malware\.)?wicar\.org$/, '/data/'],
  [/^(malware|phishing|uws)\.testing\.google\.test$/, '/testing/'],
  [/^demo\.smartscreen\.msft\.net$/, '/'],
]

const RUNS = /\.(exe|scr|com|pif|bat|cmd|msi|hta|vbs|vbe|jse|wsf|ps1|lnk|jar|apk|iso|img|dll)$/i
const DOCUMENT_THAT_RUNS = /\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|txt|zip)\.(exe|scr|com|pif|bat|cmd|hta|vbs|js|lnk)$/i
const ASKS =
  /(^|[-.])(log-?in|sign-?in|verify|verification|secure|account|update|unlock|wallet|password|billing)(?=[-.]|$)/g
const MANY_LABELS = 5
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/

/**
 * What marks a URL as one that means harm, by its text alone: nothing is fetched, and no name is looked up.
 *
 * @param text the URL as it was posted.
 */
export function urlMarks(text: string): UrlMark[] {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return []
  const { hostname: host, pathname: path } = url
  const written = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? ''
  const labels = host.split('.')
  const words = new Set(Array.from(host.matchAll(ASKS), ([, , word]) => word))
  const all: [boolean, UrlMark][] = [
    [
      TEST_ADDRESSES.some(([hosts, start]) => hosts.test(host) && path.startsWith(start)),
      { mark: 'an address for tests of scanners', weight: 4 },
    ],
    [url.username !== '', { mark: 'a name before the host hides where it leads', weight: 4 }],
    [ADDRESS.test(host), { mark: 'an address instead of a name', weight: 2 }],
    [ADDRESS.test(host) && !written.includes(host), { mark: 'an address written so that nobody reads it', weight: 2 }],
    [labels.some((label) => label.startsWith('xn--')), { mark: 'letters of another alphabet in the name', weight: 1 }],
    [/%[0-9a-f]{2}/i.test(written), { mark: 'a host written in percent signs', weight: 2 }],
    [labels.length >= MANY_LABELS, { mark: `${labels.length} parts in the name of the host`, weight: 1 }],
    [words.size === 1, { mark: 'a host that asks to log in', weight: 1 }],
    [words.size > 1, { mark: 'a host that asks for it more than once', weight: 2 }],
    [host.split('-').length > 2, { mark: 'a host of many words', weight: 1 }],
    [url.port !== '', { mark: `port ${url.port}`, weight: 1 }],
    [RUNS.test(path), { mark: 'a file that runs', weight: 1 }],
    [DOCUMENT_THAT_RUNS.test(path), { mark: 'a file that runs and is called a document', weight: 4 }],
    [/https?(:|%3a)(\/|%2f){2}/i.test(`${path}${url.search}`), { mark: 'another URL within it', weight: 1 }],
  ]
  return all.flatMap(([has, mark]) => (has ? [mark] : []))
}
