import { fileURLToPath } from 'node:url'
import { Microengine, type MicroengineOptions, YaraBackend } from '@polyswarm/participants'

const RULES = fileURLToPath(new URL('rules', import.meta.url))

/** Has the rules beside it judge. */
export default class YaraMicroengine extends Microengine {
  constructor(options: MicroengineOptions = {}) {
    super({ name: 'yara-example', ...options, backends: [new YaraBackend(RULES)] })
  }
}
