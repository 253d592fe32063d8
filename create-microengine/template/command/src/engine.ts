import { fileURLToPath } from 'node:url'
import { CommandBackend, Microengine, type MicroengineOptions } from '@polyswarm/participants'
import { type BidRequest, bidsFor } from '@polyswarm/participants' // only:bid

const SCANNER = fileURLToPath(new URL('../scanner/scan.sh', import.meta.url))

/** Has a program judge each artifact; {} stands for the file. */
export default class extends Microengine {
  constructor(options: MicroengineOptions = {}) {
    const backends = [new CommandBackend({ command: [SCANNER, '{}'] })]
    super({ name: 'my-engine', artifacts: ['chosen-artifacts'], ...options, backends })
  }
 // only:bid
  override async bid(request: BidRequest) { // only:bid
    return bidsFor('chosen-strategy', request, this.staking) // only:bid
  } // only:bid
}
