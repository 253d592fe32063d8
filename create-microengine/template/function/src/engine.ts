import { abstain, benign, defineMicroengine, malicious } from '@polyswarm/participants' // only:no-bid
import { abstain, benign, bidsFor, defineMicroengine, malicious } from '@polyswarm/participants' // only:bid

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */
const EICAR = Buffer.from(
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=',
  'base64',
)

export default defineMicroengine({
  name: 'my-engine',
  artifacts: ['file'],
  // Put your scanner here. An error that it throws counts as an abstention, and costs nothing.
  async scan({ content, signal }) {
    // Stop when the signal fires: then it is too late for an answer.
    signal.throwIfAborted()
    if (content.length === 0) return abstain('there is nothing in it')
    if (Buffer.from(content).includes(EICAR)) return malicious({ family: 'EICAR-Test-File', confidence: 1 })
    return benign({ confidence: 0.6 })
  },
  bid: (request) => bidsFor('chosen-strategy', request), // only:bid
})
