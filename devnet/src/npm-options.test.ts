import { expect, test } from 'vitest'
import { refuseOptionsKeptByNpm } from './npm-options.js'

const FLAGS = ['--once', '--block-time', '--json']

test('an option that npm has kept is named, and how to pass it on', () => {
  expect(() => refuseOptionsKeptByNpm(FLAGS, { npm_lifecycle_event: 'start', npm_config_once: 'true' })).toThrow(
    '--once is "kept by npm": give it behind two dashes: npm start -- --once.',
  )
  expect(() => refuseOptionsKeptByNpm(FLAGS, { npm_lifecycle_event: 'dev', npm_config_block_time: 'true' })).toThrow(
    'npm run dev -- --block-time',
  )
})

test('what npm has set for itself, or another program, is none of ours', () => {
  refuseOptionsKeptByNpm(FLAGS, { npm_lifecycle_event: 'start', npm_config_json: 'true', npm_config_yes: 'true' })
  refuseOptionsKeptByNpm(FLAGS, { npm_config_once: 'true' })
})
