import { HttpBackend, Microengine, type MicroengineOptions, type ScanRequest } from '@polyswarm/participants'
import { type BidRequest, bidsFor } from '@polyswarm/participants' // only:bid
import { type ExampleService, startExampleService } from '../service/example-service.ts'

/** Has a service judge each artifact: the one that SCAN_SERVICE names, or the example, which then runs within this engine. */
export default class extends Microengine {
  #example: ExampleService | undefined
  #backend: HttpBackend | undefined

  constructor(options: MicroengineOptions = {}) {
    super({ name: 'my-engine', artifacts: ['chosen-artifacts'], ...options })
  }

  override async setup() {
    if (this.#backend) return
    const named = process.env.SCAN_SERVICE
    if (!named) this.#example = await startExampleService()
    this.#backend = new HttpBackend({ url: named ?? this.#example?.url ?? '' })
  }

  override async scan(request: ScanRequest) {
    if (!this.#backend) throw new Error('The engine is not set up.')
    return this.#backend.analyze(request)
  }
 // only:bid
  override async bid(request: BidRequest) { // only:bid
    return bidsFor('chosen-strategy', request, this.staking) // only:bid
  } // only:bid

  override async teardown() {
    this.#backend = undefined
    await this.#example?.stop()
    this.#example = undefined
  }

  override get versions() {
    return this.#backend?.versions ?? {}
  }
}
