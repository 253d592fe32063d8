/** A benchmark takes its own arguments and prints its own result. */
type Benchmark = (args: string[]) => Promise<void>

/** The benchmarks by name: what only one of them needs is not loaded for the others. */
const BENCHMARKS: Record<string, () => Promise<Benchmark>> = {
  archives: async () => (await import('./archives.ts')).archivesBenchmark,
  consumer: async () => (await import('./consumer.ts')).consumerBenchmark,
  economics: async () => (await import('./economics.ts')).economicsBenchmark,
  'first-hour': async () => (await import('./first-hour.ts')).firstHourBenchmark,
  gas: async () => (await import('./gas.ts')).gasBenchmark,
  gateway: async () => (await import('./gateway.ts')).gatewayBenchmark,
  history: async () => (await import('./history.ts')).historyBenchmark,
  loop: async () => (await import('./loop.ts')).loopBenchmark,
  market: async () => (await import('./market.ts')).marketBenchmark,
  page: async () => (await import('./page.ts')).pageBenchmark,
  scale: async () => (await import('./scale.ts')).scaleBenchmark,
  scan: async () => (await import('./scan.ts')).scanBenchmark,
  score: async () => (await import('./score.ts')).scoreBenchmark,
  siege: async () => (await import('./siege.ts')).siegeBenchmark,
  workers: async () => (await import('./workers.ts')).workersBenchmark,
}

const [name, ...args] = process.argv.slice(2)
const load = name === undefined ? undefined : BENCHMARKS[name]
if (!load) {
  process.stderr.write(`Usage: npm run bench -- <${Object.keys(BENCHMARKS).join('|')}> [--json]\n`)
  process.exit(1)
}
const benchmark = await load()
await benchmark(args)
