import { benign, Microengine, malicious, type ScanRequest } from '@polyswarm/participants'

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */
const EICAR = Buffer.from(
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=',
  'base64',
)

/** Knows the EICAR test file by its content, and takes everything else for harmless. */
export default class EicarMicroengine extends Microengine {
  override async scan({ content }: ScanRequest) {
    if (EICAR.equals(content)) return malicious({ family: 'EICAR-Test-File', confidence: 1 })
    return benign({ confidence: 0.5 })
  }
}
