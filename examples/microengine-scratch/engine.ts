import { abstain, Microengine } from '@polyswarm/participants'

/** A microengine that lacks an analysis backend: the place to begin. */
export default class ScratchMicroengine extends Microengine {
  override async scan() {
    return abstain('nothing was looked at')
  }
}
