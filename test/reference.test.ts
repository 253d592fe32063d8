import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { marketEvent } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import { expect, test } from 'vitest'
import { Metrics } from '../participants/src/runtime/reports/metrics.ts'
import { createMetrics } from '../polyswarmd/src/telemetry/metrics.ts'
import { commandsPage, type DescribedCommand, settingsPage } from './support/reference/command-pages.ts'
import { metricsPage } from './support/reference/metrics-page.ts'
import { routesTable } from './support/reference/routes-table.ts'
import { ROOT } from './support/source-files.ts'

/*
 * Pages of docs/reference/ that are made from the code: `npx vitest run test/reference.test.ts -u` writes them anew.
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

test('the table of routes is made of their definitions, and is what polyswarmd answers', async () => {
  const path = page('polyswarmd-api')
  const made = readFileSync(path, 'utf8').replace(
    /^(<!-- made from the definitions.* -->\n)[\s\S]*?^(?=<!-- end -->)/m,
    (_, mark: string) => `${mark}\n${routesTable(Object.values(routes))}\n\n`,
  )
  expect(made).toContain('| `GET /bounties/GUID` |')
  await expect(made).toMatchFileSnapshot(path)
})
