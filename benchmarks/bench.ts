import { archivesBenchmark } from './archives.ts'
import { consumerBenchmark } from './consumer.ts'
import { economicsBenchmark } from './economics.ts'
import { firstHourBenchmark } from './first-hour.ts'
import { gasBenchmark } from './gas.ts'
import { gatewayBenchmark } from './gateway.ts'
import { historyBenchmark } from './history.ts'
import { loopBenchmark } from './loop.ts'
import { marketBenchmark } from './market.ts'
import { pageBenchmark } from './page.ts'
import { scaleBenchmark } from './scale.ts'
import { scanBenchmark } from './scan.ts'
import { scoreBenchmark } from './score.ts'
import { siegeBenchmark } from './siege.ts'
import { workersBenchmark } from './workers.ts'

/** The benchmarks by name. Each takes its own arguments and prints its own result. */
const BENCHMARKS: Record<string, (args: string[]) => Promise<void>> = {
  archives: archivesBenchmark,
  consumer: consumerBenchmark,
  economics: economicsBenchmark,
  'first-hour': firstHourBenchmark,
  gas: gasBenchmark,
  gateway: gatewayBenchmark,
  history: historyBenchmark,
  loop: loopBenchmark,
  market: marketBenchmark,
  page: pageBenchmark,
  scale: scaleBenchmark,
  scan: scanBenchmark,
  score: scoreBenchmark,
  siege: siegeBenchmark,
  workers: workersBenchmark,
}

const [name, ...args] = process.argv.slice(2)
const benchmark = name === undefined ? undefined : BENCHMARKS[name]
if (!benchmark) {
  process.stderr.write(`Usage: npm run bench -- <${Object.keys(BENCHMARKS).join('|')}> [--json]\n`)
  process.exit(1)
}
await benchmark(args)
