import { abstain, defineMicroengine, malicious } from '@polyswarm/participants'

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */
const EICAR = Buffer.from(
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=',
  'base64',
)

/** A microengine that knows one thing, and puts no money on anything else. */
export default defineMicroengine({
  name: 'my-eicar',
  artifacts: ['file'],
  scan({ content }) {
    if (Buffer.from(content).includes(EICAR)) return malicious({ family: 'EICAR-Test-File', confidence: 1 })
    return abstain('the EICAR test file is not in it')
  },
})
