import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { marketEvent } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { Metrics } from '../participants/src/runtime/reports/metrics.ts'
import { openApiDocument } from '../polyswarmd/src/openapi/document.ts'
import { createMetrics } from '../polyswarmd/src/telemetry/metrics.ts'
import { commandsPage, type DescribedCommand, settingsPage } from './support/reference/command-pages.ts'
import { metricsPage } from './support/reference/metrics-page.ts'
import { ROOT } from './support/source-files.ts'

/*
 * Pages of docs/reference/ that are made from the code: `npx vitest run -u test/reference.test.ts` writes them anew.
 */
const PRINTER = fileURLToPath(new URL('support/reference/print-commands.js', import.meta.url))
const page = (name: string) => `${ROOT}docs/reference/${name}.md`

test('commands and settings are those of the programs', async () => {
  const programs = JSON.parse(execFileSync(process.execPath, [PRINTER], { encoding: 'utf8' })) as DescribedCommand[]
  await expect(commandsPage(programs)).toMatchFileSnapshot(page('commands'))
  await expect(settingsPage(programs)).toMatchFileSnapshot(page('settings'))
})

test('metrics are those that programs tell', async () => {
  const daemon = createMetrics([], { subscribers: () => ({}) } as never)
  const programs = [
    { name: 'Participants', text: new Metrics().text() },
    { name: 'polyswarmd', text: (await daemon.read()).text },
  ]
  await expect(metricsPage(programs)).toMatchFileSnapshot(page('metrics'))
})

test('the table of events has those that the schema knows, and no other', () => {
  const section = /^## Events\n([\s\S]*?)^## /m.exec(readFileSync(page('polyswarmd-api'), 'utf8'))?.[1] ?? ''
  const documented = [...section.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  )
  const known = marketEvent.options.map(({ shape }) => shape.event.value)
  expect(documented.sort()).toEqual(known.sort())
})

/** A path with a star for each part that varies, and without its query. */
const shapeOf = (path: string) =>
  path
    .replaceAll(/\{\w+\}/g, '*')
    .replace(/\?.*/, '')
    .replaceAll(/\/[A-Z]+(?=\/|$)/g, '/*')

test('the tables of routes have all that polyswarmd answers, and no others', () => {
  const served = Object.entries(openApiDocument(['home', 'side']).paths as Record<string, object>).flatMap(
    ([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${shapeOf(path)}`),
  )
  const [text = ''] = readFileSync(page('polyswarmd-api'), 'utf8').split('## The API of 2018')
  const rows = [...text.matchAll(/^\| (`(?:GET|POST|PUT|DELETE) [^|]*?) *\|/gm)].map(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span),
  )
  const documented = new Set<string>()
  for (const [first = '', ...others] of rows) {
    const [method = '', path = ''] = first.split(' ')
    const parts = shapeOf(path).split('/')
    expect(served, first).toContain(`${method} ${shapeOf(path)}`)
    documented.add(`${method} ${shapeOf(path)}`)
    // What stands behind a route takes the place of its last parts.
    for (const other of others) {
      for (const kept of parts.keys()) documented.add(`${method} ${parts.slice(0, kept).join('/')}${shapeOf(other)}`)
    }
  }
  expect(served.filter((route) => !documented.has(route))).toEqual([])
})
