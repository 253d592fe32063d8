import { abstain, benign, defineMicroengine, malicious } from '@polyswarm/participants' // only:no-bid
import { abstain, benign, bidsFor, defineMicroengine, malicious } from '@polyswarm/participants' // only:bid

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */ // only:file
const EICAR = Buffer.from( // only:file
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=', // only:file
  'base64', // only:file
) // only:file
/** Where this example knows harm to be: a name that ends in .example belongs to nobody. */ // only:url
const BAD_HOST = /(^|\.)malware\.example\.?$/ // only:url
 // only:url
/** Bytes; what is longer, no browser would open. */ // only:url
const MAX_LENGTH = 2_048 // only:url
 // only:url
/** The URL that an artifact holds; none where it holds anything else, whatever its ambassador says of it. */ // only:url
function urlOf(content: Uint8Array): URL | null { // only:url
  if (content.length > MAX_LENGTH) return null // only:url
  const text = Buffer.from(content).toString() // only:url
  // What is no UTF-8, or cannot be seen, is no part of a URL; a parser would pass over some of it. // only:url
  if (/[\ufffd\p{Cc}\p{Z}]/u.test(text) || !/^https?:\/\//i.test(text)) return null // only:url
  return URL.parse(text) // only:url
} // only:url

export default defineMicroengine({
  name: 'my-engine',
  artifacts: ['chosen-artifacts'],
  // Put your scanner here. An error that it throws counts as an abstention, and costs nothing.
  async scan({ content, signal }) {
    // Stop when the signal fires: then it is too late for an answer.
    signal.throwIfAborted()
    if (content.length === 0) return abstain('there is nothing in it') // only:file
    if (Buffer.from(content).includes(EICAR)) return malicious({ family: 'EICAR-Test-File', confidence: 1 }) // only:file
    const url = urlOf(content) // only:url
    if (!url) return abstain('it is no http or https URL') // only:url
    if (BAD_HOST.test(url.hostname)) return malicious({ family: 'Example', confidence: 1 }) // only:url
    return benign({ confidence: 0.6 })
  },
  bid: (request) => bidsFor('chosen-strategy', request), // only:bid
})
