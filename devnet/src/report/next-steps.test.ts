import { expect, test } from 'vitest'
import { nextSteps } from './next-steps.ts'

const polyswarmd = 'http://127.0.0.1:31337'

test('a market that runs can be asked, one that has ended cannot', () => {
  const page = 'http://127.0.0.1:9697'
  const running = nextSteps({ polyswarmd, page, data: undefined }, 'start').join('\n')
  expect(running).toMatch(/in a browser +http:.*:9697/)
  expect(running).toContain('npm run polyswarm -- scan FILE')
  expect(running).toContain(`${polyswarmd}/`)
  const over = nextSteps(undefined, 'start').join('\n')
  expect(over).not.toMatch(/scan|31337/)
  expect(over).toContain('npm start -- --artifacts DIR')
})

test('commands are those that whoever reads them can type', () => {
  const installed = nextSteps({ polyswarmd, data: '/srv/market' }, undefined).join('\n')
  expect(installed).toContain('npx @polyswarm/cli scan --market /srv/market FILE')
  expect(installed).not.toContain('npm ')
  const project = nextSteps({ polyswarmd, data: undefined }, 'dev').join('\n')
  expect(project).toContain('npx @polyswarm/cli scan FILE')
  expect(project).toContain('npm run dev -- --artifacts DIR')
})
