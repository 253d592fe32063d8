import { fileURLToPath } from 'node:url'
import { Microengine, type MicroengineOptions, YaraBackend } from '@polyswarm/participants'
import { type BidRequest, bidsFor } from '@polyswarm/participants' // only:bid

const RULES = fileURLToPath(new URL('../rules/', import.meta.url))

/** Judges artifacts by YARA rules. */
export default class extends Microengine {
  constructor(options: MicroengineOptions = {}) {
    super({ name: 'my-engine', artifacts: ['file'], ...options, backends: [new YaraBackend(RULES)] })
  }
 // only:bid
  override async bid(request: BidRequest) { // only:bid
    return bidsFor('chosen-strategy', request, this.staking) // only:bid
  } // only:bid
}
