/** A metric's kind, as Prometheus knows them. */
type Kind = 'counter' | 'gauge' | 'histogram'

interface Series {
  labels: Record<string, string>
  value: number
  /** Of a histogram: observations up to each bound. */
  buckets?: number[]
  count?: number
}

interface Metric {
  kind: Kind
  help: string
  bounds: readonly number[]
  series: Map<string, Series>
}

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const BLOCKS = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55]
/** Label values that come from outside must not grow without bound. */
const MOST_SERIES = 100

/** All metrics of a participant. Their names end in their unit. */
const METRICS = {
  polyswarm_scan_seconds: { kind: 'histogram', help: 'Time of a scan, by outcome.', bounds: SECONDS },
  polyswarm_findings_total: { kind: 'counter', help: 'What backends said, by backend and outcome.', bounds: [] },
  polyswarm_failures_total: { kind: 'counter', help: 'Scans without an answer, by reason.', bounds: [] },
  polyswarm_bounties_total: { kind: 'counter', help: 'Bounties by what was decided on them.', bounds: [] },
  polyswarm_bids_nct_total: { kind: 'counter', help: 'Bids that were promised.', bounds: [] },
  polyswarm_payouts_nct_total: { kind: 'counter', help: 'What settlements paid, bids included.', bounds: [] },
  polyswarm_at_risk_nct: { kind: 'gauge', help: 'Bids that are not settled.', bounds: [] },
  polyswarm_time_left_blocks: { kind: 'histogram', help: 'Blocks left when an assertion was ready.', bounds: BLOCKS },
  polyswarm_undecided_bounties: { kind: 'gauge', help: 'Bounties that wait for a decision.', bounds: [] },
  polyswarm_missed_duties_total: {
    kind: 'counter',
    help: 'Reveals, votes and settlements that came too late.',
    bounds: [],
  },
  polyswarm_queue_jobs: { kind: 'gauge', help: 'Jobs in the queue, by backend and state.', bounds: [] },
  polyswarm_queue_oldest_job_seconds: {
    kind: 'gauge',
    help: 'For how long the job that is next has waited, by backend.',
    bounds: [],
  },
  polyswarm_queue_workers: { kind: 'gauge', help: 'Workers that are connected, by backend.', bounds: [] },
  polyswarm_queue_failures_total: {
    kind: 'counter',
    help: 'Jobs without an answer, by backend and reason.',
    bounds: [],
  },
  polyswarm_balance_nct: { kind: 'gauge', help: 'NCT of the account, by chain.', bounds: [] },
  polyswarm_gas_balance_coins: { kind: 'gauge', help: "The account's coin for gas, by chain.", bounds: [] },
  polyswarm_alerts: { kind: 'gauge', help: '1 while a person has to mend something, by alert.', bounds: [] },
  polyswarm_judged_artifacts_total: {
    kind: 'counter',
    help: 'Artifacts that an arbiter asked about, by the source that knew and the truth.',
    bounds: [],
  },
  polyswarm_unknown_artifacts_total: {
    kind: 'counter',
    help: 'Artifacts of unknown truth, by what was voted on them: none, or a guess.',
    bounds: [],
  },
  polyswarm_compared_votes_total: {
    kind: 'counter',
    help: 'Artifacts that an arbiter voted on, by whether the others agree.',
    bounds: [],
  },
  polyswarm_open_cases: { kind: 'gauge', help: 'Artifacts that wait for a person.', bounds: [] },
  polyswarm_case_time_left_blocks: {
    kind: 'gauge',
    help: 'Blocks until the first case is too late; NaN where none is open.',
    bounds: [],
  },
  polyswarm_response_ratio: { kind: 'gauge', help: 'Bounties with a vote that this arbiter voted on.', bounds: [] },
  polyswarm_stake_nct: { kind: 'gauge', help: 'What this arbiter has staked.', bounds: [] },
  polyswarm_head_block: { kind: 'gauge', help: 'Newest block that is known.', bounds: [] },
} as const satisfies Record<string, { kind: Kind; help: string; bounds: readonly number[] }>

/** The name of a metric. */
export type MetricName = keyof typeof METRICS

/** The counts and measurements of a participant, in memory, and as text for Prometheus. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>(
    Object.entries(METRICS).map(([name, metric]) => [name, { ...metric, series: new Map() }]),
  )
  readonly #parts: { labels: Record<string, string>; metrics: Metrics }[] = []

  /** Metrics of one of several that share a process: they are in the text of these, with labels that tell them apart. */
  part(labels: Record<string, string>): Metrics {
    const metrics = new Metrics()
    this.#parts.push({ labels, metrics })
    return metrics
  }

  /** Adds to a counter. */
  add(name: MetricName, amount = 1, labels: Record<string, string> = {}): void {
    this.#series(name, labels).value += amount
  }

  /** Sets a gauge. */
  set(name: MetricName, value: number, labels: Record<string, string> = {}): void {
    this.#series(name, labels).value = value
  }

  /** Adds an observation to a histogram. */
  observe(name: MetricName, value: number, labels: Record<string, string> = {}): void {
    const series = this.#series(name, labels)
    const bounds = this.#metrics.get(name)?.bounds ?? []
    series.buckets ??= bounds.map(() => 0)
    for (let index = bounds.length - 1; index >= 0 && value <= (bounds[index] as number); index--) {
      series.buckets[index] = (series.buckets[index] ?? 0) + 1
    }
    series.value += value
    series.count = (series.count ?? 0) + 1
  }

  /** All of them in the text format of Prometheus. */
  text(): string {
    const parts = this.#parts.map(({ labels, metrics }) => ({ labels, all: metrics.#metrics }))
    return [...this.#metrics]
      .map(([name, metric]) => {
        const ofParts = parts.flatMap(({ labels, all }) =>
          [...(all.get(name)?.series.values() ?? [])].map((each) => ({
            ...each,
            labels: { ...labels, ...each.labels },
          })),
        )
        return textOf(name, metric, [...metric.series.values(), ...ofParts])
      })
      .join('')
  }

  #series(name: MetricName, labels: Record<string, string>): Series {
    const metric = this.#metrics.get(name)
    if (!metric) throw new TypeError(`There is no metric ${name}.`)
    const full = metric.series.size >= MOST_SERIES && !metric.series.has(labelText(labels))
    const kept = full ? Object.fromEntries(Object.keys(labels).map((label) => [label, 'other'])) : labels
    const key = labelText(kept)
    const series = metric.series.get(key) ?? { labels: kept, value: 0 }
    metric.series.set(key, series)
    return series
  }
}

function textOf(name: string, { kind, help, bounds }: Metric, all: readonly Series[]): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`]
  for (const { labels, value, buckets = [], count = 0 } of all) {
    if (kind !== 'histogram') {
      lines.push(`${name}${labelText(labels)} ${value}`)
      continue
    }
    for (const [index, bound] of bounds.entries()) {
      lines.push(`${name}_bucket${labelText({ ...labels, le: String(bound) })} ${buckets[index] ?? 0}`)
    }
    lines.push(`${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`)
    lines.push(`${name}_sum${labelText(labels)} ${value}`, `${name}_count${labelText(labels)} ${count}`)
  }
  return `${lines.join('\n')}\n`
}

function labelText(labels: Record<string, string>): string {
  const escaped = (value: string) => value.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
