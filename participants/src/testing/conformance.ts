import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { type ArtifactType, stringifyJson } from '@polyswarm/protocol'
import type { AnalysisBackend, AnalysisRequest } from '../analysis/analysis-backend.js'
import { runBackends } from '../analysis/backend-runner.js'
import { eicarTestFile } from '../artifacts/eicar.js'
import { checkFinding, type Finding } from '../findings/finding.js'
import { probeArtifacts } from './probe-artifacts.js'
import { probeUrls } from './probe-urls.js'

/** One rule that every backend keeps, to be run by any test runner. */
export interface ConformanceCase {
  title: string
  /** Makes a backend, tries it, and tears it down. Rejects where the rule is broken. */
  run(): Promise<void>
}

/** What to try. */
export interface ConformanceOptions {
  /** Makes a backend that has not been set up yet. */
  make: () => AnalysisBackend | Promise<AnalysisBackend>
  /** Whether it knows EICAR: then it must say so, and must not say it of a harmless text. */
  knowsEicar?: boolean
  /** What it judges; files by default. */
  artifactType?: ArtifactType
  /** Milliseconds for one artifact; 30,000 by default. */
  timeLimit?: number
}

/** Milliseconds after its signal within which a backend must have let go. */
const GRACE = 2_000
const AT_A_TIME = 12

/**
 * The rules of analysis backends, as test cases: setup and teardown can be repeated, every artifact gets a finding and no
 * failure reads as benign, the content stays as it is, the same artifact gets the same outcome, the signal is obeyed, several
 * artifacts at a time are kept apart, and versions are short plain texts.
 *
 * @example
 * ```ts
 * import { benign } from '@polyswarm/participants'
 * import { conformanceCases } from '@polyswarm/participants/testing'
 * const make = () => ({
 *   name: 'mine',
 *   versions: {},
 *   setup: async () => undefined,
 *   analyze: async () => benign(),
 *   teardown: async () => undefined,
 * })
 * const results = await Promise.allSettled(conformanceCases({ make }).map(({ run }) => run()))
 * results.every(({ status }) => status === 'fulfilled') // => true
 * ```
 */
export function conformanceCases({
  make,
  knowsEicar = false,
  artifactType = 'file',
  timeLimit = 30_000,
}: ConformanceOptions): ConformanceCase[] {
  const within = async (work: (backend: AnalysisBackend) => Promise<void>): Promise<void> => {
    const backend = await make()
    try {
      await backend.setup()
      await work(backend)
    } finally {
      await backend.teardown()
    }
  }
  const analyze = async (backend: AnalysisBackend, request: Partial<AnalysisRequest>): Promise<Finding> => {
    const signal = AbortSignal.timeout(timeLimit)
    const whole = { content: new Uint8Array(), artifactType, metadata: {}, signal, ...request }
    return backend.analyze(whole)
  }
  const isFile = artifactType === 'file'
  const probes = isFile ? probeArtifacts() : probeUrls()
  const harmless = new Uint8Array(Buffer.from(isFile ? 'not a malicious file\n' : 'https://example.org/'))
  const other = isFile ? eicarTestFile() : new Uint8Array(Buffer.from('javascript:alert(1)'))
  return [
    {
      title: 'can be set up and torn down again and again',
      run: async () => {
        const backend = await make()
        await backend.setup()
        await backend.setup()
        await backend.teardown()
        await backend.teardown()
        await backend.setup()
        try {
          equal(typeof (await analyze(backend, { content: harmless })).outcome, 'string')
        } finally {
          await backend.teardown()
        }
      },
    },
    {
      title: 'has a finding on every artifact',
      // Setting up is what takes long: all are shown to one backend.
      run: () =>
        within(async (backend) => {
          const broken: string[] = []
          for (const { name, content, metadata, expected } of probes) {
            const before = Buffer.from(content)
            try {
              const finding = await analyze(backend, { content, metadata })
              deepEqual(checkFinding(finding).outcome, finding.outcome, `no finding: ${stringifyJson(finding)}`)
              ok(before.equals(content), 'the content was changed')
              if (knowsEicar && expected === 'malicious') equal(finding.outcome, 'malicious')
              if (knowsEicar && expected === 'benign') notEqual(finding.outcome, 'malicious')
            } catch (error) {
              broken.push(`${name}: ${(error as Error).message.split('\n')[0]}`)
            }
          }
          ok(broken.length === 0, broken.join('; '))
        }),
    },
    {
      title: 'says the same of the same artifact',
      run: () =>
        within(async (backend) => {
          const [first, second] = [
            await analyze(backend, { content: other }),
            await analyze(backend, { content: other }),
          ]
          equal(first.outcome, second.outcome)
        }),
    },
    {
      title: 'keeps artifacts apart that are looked at together',
      run: () =>
        within(async (backend) => {
          const contents = Array.from({ length: AT_A_TIME }, (_, index) => (index % 2 ? other : harmless))
          const alone = [await analyze(backend, { content: harmless }), await analyze(backend, { content: other })]
          const together = await Promise.all(contents.map((content) => analyze(backend, { content })))
          deepEqual(
            together.map(({ outcome }) => outcome),
            contents.map((_, index) => alone[index % 2]?.outcome),
          )
        }),
    },
    {
      title: 'does not begin when its time is over',
      run: () =>
        within(async (backend) => {
          const [answer] = await runBackends(
            [backend],
            { content: harmless, artifactType, metadata: {}, signal: AbortSignal.abort() },
            timeLimit,
          )
          equal(answer?.finding.outcome, 'abstain')
        }),
    },
    {
      title: 'lets go when its time is over',
      run: () =>
        within(async (backend) => {
          const stop = new AbortController()
          const large = probes.find(({ name }) => name === 'large')?.content ?? harmless
          const under = analyze(backend, { content: large, signal: stop.signal }).then(
            () => undefined,
            () => undefined,
          )
          setImmediate(() => stop.abort(new DOMException('The time is over.', 'TimeoutError')))
          const late = Promise.withResolvers<never>()
          const timer = setTimeout(() => late.reject(new Error(`still busy ${GRACE} ms after its signal`)), GRACE)
          await Promise.race([under, late.promise]).finally(() => clearTimeout(timer))
          equal(typeof (await analyze(backend, { content: harmless })).outcome, 'string')
        }),
    },
    {
      title: 'tells versions in short plain texts',
      run: () =>
        within(async (backend) => {
          await analyze(backend, { content: harmless })
          for (const text of Object.values(backend.versions)) {
            ok(typeof text === 'string' && text.length <= 512, 'a version is a text of at most 512 characters')
            ok(!/\p{Cc}/u.test(text), 'a version has no control characters')
          }
        }),
    },
  ]
}
