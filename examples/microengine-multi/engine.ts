import {
  type AnalysisBackend,
  eicarBackend,
  Microengine,
  type MicroengineOptions,
  malicious,
  unknown,
} from '@polyswarm/participants'

/** Knows one habit of scripts, and of everything else nothing. */
const habits: AnalysisBackend = {
  name: 'habits',
  versions: { signatures: '1' },
  setup: async () => undefined,
  analyze: async ({ content }) => {
    const text = Buffer.from(content).toString('latin1').toLowerCase()
    return text.includes('| iex')
      ? malicious({ family: 'Downloader', confidence: 0.7 })
      : unknown({ reason: 'no known habit' })
  },
  teardown: async () => undefined,
}

/** Two backends whose findings are weighed by how right each was, as it learns from settled bounties. */
export default class MultiMicroengine extends Microengine {
  constructor(options: MicroengineOptions = {}) {
    super({ name: 'multi-example', distillation: 'bayesian', ...options, backends: [eicarBackend(), habits] })
  }
}
