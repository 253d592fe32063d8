import { type ArtifactType, newGuid, stringifyJson, visibleText } from '@polyswarm/protocol'
import { Command } from 'commander'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { BackendError, CheckFailedError } from '../errors.js'
import { loadMicroengine } from '../microengine/load-backend.js'
import type { Microengine } from '../microengine/microengine.js'
import { ScanProgress } from '../scan/scan-progress.js'
import { conformanceCases } from '../testing/conformance.js'
import { probeArtifacts } from '../testing/probe-artifacts.js'
import { probeUrls } from '../testing/probe-urls.js'
import { addBackendOptions, type BackendFlags, backendSettings } from './backend-options.js'
import { type CheckAnswer, checkSummary, nothingJudged } from './check-summary.js'
import type { Subcommand } from './program.js'
import { textTable } from './text-table.js'

/** Probes that nobody should convict, in words. */
const HARMLESS: Record<string, string> = { 'harmless text': 'harmless text', empty: 'an empty file' }

/** Tries a backend on artifacts that are known, and on the rules that every backend keeps. */
export function checkCommand(): Subcommand {
  const command = addBackendOptions(
    new Command('check').description(
      'Tries backends: EICAR, a page like that of WICAR, nothing, random bytes, much, hostile names; deadlines and repetition. ' +
        'Engines that judge URLs alone are tried on URLs.',
    ),
  ).option('--json', 'print the result as JSON', false)
  return {
    command,
    action: async (signal) => {
      const flags = command.opts<BackendFlags & { json: boolean }>()
      const warnings: string[] = []
      const notes: string[] = []
      const settings = backendSettings(flags, {
        inform: (message) => notes.push(message),
        warn: (message) => warnings.push(message),
      })
      const load = () => loadMicroengine(flags.backend, { scanTimeLimit: flags.scanTimeLimit }, settings)
      const engine = await load()
      const artifactType: ArtifactType = engine.artifactTypes.includes('file') ? 'file' : 'url'
      await engine.setup().catch((cause: Error) => {
        if (cause instanceof BackendError) throw cause
        throw new BackendError({ backend: engine.name, reason: cause.message, cause })
      })
      const answers: CheckAnswer[] = []
      const progress = new ScanProgress({
        write: (text) => void process.stderr.write(text),
        onScreen: process.stderr.isTTY === true,
        now: () => performance.now(),
      })
      const probes = artifactType === 'file' ? probeArtifacts() : probeUrls()
      try {
        for (const { name, content, metadata } of probes) {
          signal.throwIfAborted()
          const start = performance.now()
          const request = { guid: newGuid(), index: 0, content, artifactType, metadata, signal }
          const { outcome, confidence, family = '', reason = '' } = await engine.scan(request)
          answers.push({
            artifact: name,
            outcome,
            confidence,
            family,
            reason,
            ms: Math.round(performance.now() - start),
          })
          progress.tell(answers.length, probes.length, engine.name)
        }
      } finally {
        progress.clear()
        await engine.teardown()
      }
      for (const { artifact } of answers.filter(({ outcome }) => outcome === 'malicious')) {
        const harmless = HARMLESS[artifact]
        if (harmless !== undefined) notes.push(`${harmless} is called malicious`)
      }
      const useless = nothingJudged(answers)
      const problems = useless === undefined ? [] : [useless]
      const knowsEicar = artifactType === 'file' && answers[0]?.outcome === 'malicious'
      for (const { title, run } of conformanceCases({
        make: () => backendOf(engine),
        artifactType,
        timeLimit: flags.scanTimeLimit,
      })) {
        signal.throwIfAborted()
        await run().catch((error: Error) => problems.push(`${title}: ${error.message.split('\n')[0]}`))
      }
      const result = { engine: engine.name, versions: engine.versions, knowsEicar, answers, problems, warnings, notes }
      if (flags.json) process.stdout.write(`${stringifyJson(result, 2)}\n`)
      else {
        const rows = answers.map(({ artifact, outcome, confidence, family, reason, ms }) => [
          artifact,
          outcome,
          confidence.toFixed(2),
          family || reason,
          `${ms} ms`,
        ])
        process.stdout.write(textTable(['artifact', 'outcome', 'confidence', 'family or reason', 'time'], rows))
        const say = (kind: string, texts: Iterable<string>) => {
          for (const text of texts) process.stdout.write(`${kind}: ${visibleText(text)}\n`)
        }
        say('problem', problems)
        // The rules are tried on the same backend again and again.
        say('warning', new Set(warnings))
        say('note', new Set(notes))
        if (!knowsEicar && artifactType === 'file') process.stdout.write('note: EICAR is not called malicious\n')
        process.stdout.write(`${visibleText(checkSummary(engine.name, { answers, problems }))}\n`)
      }
      if (problems.length > 0) throw new CheckFailedError({ problems })
    },
  }
}

/** An engine as a backend, failures included: what the engine would abstain on is an error here. */
function backendOf(engine: Microengine): AnalysisBackend {
  return {
    name: engine.name,
    get versions() {
      return engine.versions
    },
    setup: () => engine.setup(),
    analyze: async (request) => {
      request.signal.throwIfAborted()
      return engine.scan({ ...request, guid: newGuid(), index: 0 })
    },
    teardown: () => engine.teardown(),
  }
}
