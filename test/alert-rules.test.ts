import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { missingProgram } from '../polyswarmd/test/missing-program.ts'
import { indentedBlock, ROOT } from './support/markdown.ts'
import { sourceFiles } from './support/source-files.ts'

const rules = indentedBlock(readFileSync(join(ROOT, 'docs/operators/services.md'), 'utf8'), 'groups:')
const directory = mkdtempSync(join(tmpdir(), 'alert-rules-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** For each alert, a series minute by minute with which it begins, after a time in which all was well. */
const FIRING: Record<string, { series: string; values: string }> = {
  ProgramGone: { series: 'up', values: '1x19 0x20' },
  PersonNeeded: { series: 'polyswarm_alerts', values: '0x19 1x20' },
  DutyMissed: { series: 'polyswarm_missed_duties_total', values: '_x19 1x20' },
  LedgerBehind: { series: 'polyswarmd_chain_caught_up_ratio', values: '1x19 0x20' },
  ParticipantStandsStill: { series: 'polyswarm_head_block', values: '1+1x19 20x20' },
  ArbiterVotesTooSeldom: { series: 'polyswarm_response_ratio', values: '0.95x19 0.91x20' },
  CaseNearlyTooLate: { series: 'polyswarm_case_time_left_blocks', values: '100x19 49x20' },
}

test('each rule has a series that fires it here, and asks for metrics that there are', () => {
  expect([...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)).toEqual(Object.keys(FIRING))
  const sources = sourceFiles()
    .filter(({ path }) => /metrics\.ts$/.test(path))
    .map(({ text }) => text)
    .join()
  const names = rules.match(/polyswarmd?_\w+/g) ?? []
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => !sources.includes(name))).toEqual([])
})

const skipped = missingProgram('promtool', 'apt-get install prometheus')
test(`promtool takes the rules, and each fires when it has to and not before${skipped}`, () => {
  if (skipped !== '') return
  writeFileSync(join(directory, 'rules.yml'), rules)
  const labels = { job: 'polyswarm' }
  const tests = Object.entries(FIRING).map(([alertname, { series, values }]) => ({
    interval: '1m',
    input_series: [{ series: `${series}{job="polyswarm"}`, values }],
    alert_rule_test: [
      { eval_time: '18m', alertname, exp_alerts: [] },
      {
        eval_time: alertname === 'ParticipantStandsStill' ? '32m' : '28m',
        alertname,
        exp_alerts: [{ exp_labels: labels }],
      },
    ],
  }))
  // JSON is YAML too.
  writeFileSync(join(directory, 'test.yml'), JSON.stringify({ rule_files: ['rules.yml'], tests }))
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yml'], {
    cwd: directory,
    encoding: 'utf8',
  })
  expect(status, stdout + stderr).toBe(0)
})
