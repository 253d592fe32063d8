import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { PageServer } from '../dashboard/dist/server/index.js'
import { BusyDaemon } from './page/busy-daemon.ts'
import { type FrameTimes, frameTimes } from './page/frame-times.ts'

/**
 * How smooth the page is in Chromium while the market is busy: frames while it is scrolled, and memory after a while. The
 * stream of events is that of a daemon of which everything else is left out. Frames of a page of the same size with nothing
 * on it say what the machine can draw at most. Arguments: `--bounties N` that are open at
 * first, `--events N` a second, `--seconds N`, `--chromium PROGRAM`, `--json`.
 */
export async function pageBenchmark(args: string[]): Promise<void> {
  const text = (standard: string) => ({ type: 'string', default: standard }) as const
  const { values } = parseArgs({
    args,
    options: {
      bounties: text('1000'),
      events: text('200'),
      seconds: text('30'),
      chromium: text('/usr/bin/chromium'),
      json: { type: 'boolean', default: false },
    },
  })
  const [bounties, events, seconds] = [Number(values.bounties), Number(values.events), Number(values.seconds)]
  const daemon = await BusyDaemon.start(bounties, events)
  const settings = { daemon: true, service: false, arbiter: false, dev: false, names: {} }
  const page = await PageServer.open({ port: 0, settings, api: { daemon: new URL(daemon.url) } })
  const browser = await chromium.launch({
    executablePath: values.chromium,
    args: ['--no-sandbox', '--enable-precise-memory-info', '--js-flags=--expose-gc'],
  })
  try {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await tab.goto(page.url)
    await tab.getByText(/of [1-9]\d* bounties/).waitFor()
    const heap = async () => Number(await tab.evaluate('gc(), performance.memory.usedJSHeapSize')) / 2 ** 20
    const before = await heap()
    const frames = await frameTimes(tab, seconds)
    const after = await heap()
    const sent = daemon.sent
    const height = Number(await tab.evaluate('document.body.scrollHeight'))
    await tab.goto('about:blank')
    await tab.setContent(`<body style="margin: 0; height: ${height}px"></body>`)
    const empty = await frameTimes(tab, Math.min(seconds, 10))
    const told = { bounties, events, seconds, sent, ...frames, empty, heapBefore: before, heapAfter: after }
    process.stdout.write(values.json ? `${JSON.stringify(told, undefined, 2)}\n` : textOf(told))
  } finally {
    await browser.close()
    await page.close()
    await daemon.stop()
  }
}

function textOf({
  bounties,
  events,
  sent,
  seconds,
  heapBefore,
  heapAfter,
  empty,
  ...frames
}: FrameTimes & { empty: FrameTimes } & Record<
    'bounties' | 'events' | 'sent' | 'seconds' | 'heapBefore' | 'heapAfter',
    number
  >): string {
  return [
    `${bounties} open bounties, ${events} events a second wanted, ${(sent / seconds).toFixed(0)} sent, ${seconds} s`,
    `  frames a second        ${frames.perSecond.toFixed(1)}`,
    `  a frame, median        ${frames.median.toFixed(1)} ms`,
    `  p99, longest           ${frames.p99.toFixed(1)}, ${frames.longest.toFixed(1)} ms`,
    `  an empty page: a second ${empty.perSecond.toFixed(1)}, p99 ${empty.p99.toFixed(1)}, longest ${empty.longest.toFixed(1)} ms`,
    `  memory before, after   ${heapBefore.toFixed(1)}, ${heapAfter.toFixed(1)} MiB`,
    '',
  ].join('\n')
}
