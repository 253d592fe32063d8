import { startOnSupportedNode } from '@polyswarm/protocol/node-version'
import { keepSmall } from './keep-small.js'

/** Loads a program of a participant, or of a service: where Node can run it, and with as little memory as it needs. */
export function startParticipant(load: () => Promise<unknown>): Promise<void> {
  return startOnSupportedNode(() => {
    keepSmall()
    return load()
  })
}
