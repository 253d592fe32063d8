import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './support/markdown.ts'

interface Service {
  image?: string
  build?: { context: string; dockerfile: string; target: string }
  command?: string[]
  depends_on?: Record<string, { condition: string }>
  environment?: Record<string, string>
  ports?: string[]
  read_only?: boolean
  cap_drop?: string[]
  volumes?: string[]
}

interface Stage {
  from: string
  lines: string[]
}

const compose = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'), { merge: true }) as {
  name: string
  services: Record<string, Service>
  volumes: Record<string, null>
}
const services = Object.entries(compose.services)
const own = services.filter(([, { build }]) => build !== undefined)
const dockerfile = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8')
const stages = stagesOf(dockerfile)

function stagesOf(text: string): Map<string, Stage> {
  const found = new Map<string, Stage>()
  let stage: Stage | undefined
  for (const line of text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')) {
    const [, from, name] = /^FROM (\S+) AS (\S+)$/.exec(line) ?? []
    if (from !== undefined && name !== undefined) {
      stage = { from, lines: [] }
      found.set(name, stage)
    } else if (line !== '') stage?.lines.push(line)
  }
  return found
}

/** What a stage says with one instruction, or what those before it say: the last word counts. */
function saying(name: string, instruction: string): string | undefined {
  const stage = stages.get(name)
  const line = stage?.lines.findLast((each) => each.startsWith(`${instruction} `))
  return line?.slice(instruction.length + 1) ?? (stage && saying(stage.from, instruction))
}

function programOf(target: string): string {
  return JSON.parse(saying(target, 'CMD') ?? '[]')[0] ?? ''
}

/** The file of a program, as the package that has it names it. */
function fileOf(program: string): string | undefined {
  for (const workspace of ['participants', 'polyswarmd', 'consumer', 'dashboard']) {
    const { bin = {} } = JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8')) as {
      bin?: Record<string, string>
    }
    if (bin[program] !== undefined) return join(ROOT, workspace, bin[program])
  }
  return undefined
}

test('the services are those of the original environment, and what has come since', () => {
  expect(compose.name).toBe('orchestration')
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining([
      'chain',
      'ipfs',
      'contracts',
      'polyswarmd',
      'arbiter',
      'ambassador',
      'microengine',
      'clamd',
      'page',
    ]),
  )
  expect(compose.services.ipfs?.image).toMatch(/^ipfs\/kubo:/)
  expect(compose.services.polyswarmd?.ports).toHaveLength(2)
})

describe.each(own)('the service %s', (_, service) => {
  const { target = '', dockerfile: file = '' } = service.build ?? {}

  it('is built from a target, which runs a program that there is', () => {
    expect(existsSync(join(ROOT, file))).toBe(true)
    expect([...stages.keys()]).toContain(target)
    const program = programOf(target)
    expect(fileOf(program) !== undefined || ['anvil', 'mine-blocks', 'set-up-market'].includes(program), program).toBe(
      true,
    )
  })

  it('runs as nobody in particular, on a system that it cannot change', () => {
    expect(saying(target, 'USER')).toBe('1000:1000')
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    const places = (service.volumes ?? []).map((volume) => volume.split(':'))
    for (const [name = ''] of places) expect(Object.keys(compose.volumes)).toContain(name)
  })

  it('is asked for its health, comes to an end, or is waited for by nobody', () => {
    const health = saying(target, 'HEALTHCHECK')
    expect(health === 'NONE').toBe(['mine-blocks', 'set-up-market'].includes(programOf(target)))
    const isAwaited = services.filter(([, { depends_on = {} }]) =>
      Object.entries(depends_on).some(
        ([name, { condition }]) => compose.services[name] === service && condition === 'service_healthy',
      ),
    )
    if (isAwaited.length > 0) expect(health).not.toBe('NONE')
  })

  it('is told nothing that its program does not read', () => {
    const program = programOf(target)
    const file = fileOf(program)
    if (file === undefined) return
    const fits = (text: string) => text.replace(/\s+/g, ' ')
    const help = fits(execFileSync(process.execPath, [file, '--help'], { encoding: 'utf8' }))
    const variables = [
      ...Object.keys(service.environment ?? {}),
      ...(saying(target, 'ENV') ?? '').matchAll(/\b([A-Z_\d]+)=/g),
    ]
    for (const variable of variables.map((each) => (typeof each === 'string' ? each : (each[1] ?? '')))) {
      if (['PATH', 'NODE_ENV', 'HOME'].includes(variable)) continue
      expect(help, `${program} does not know ${variable}`).toContain(`env: ${variable})`)
    }
  })
})

test('what a service waits for is there', () => {
  for (const [, { depends_on = {} }] of services) {
    for (const name of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(name)
  }
})

test('no block is mined before all who have an account are ready, nor once they are stopped', () => {
  expect(JSON.parse(saying('chain', 'CMD') ?? '[]')).toContain('--no-mining')
  const ready = Object.fromEntries(
    services
      .filter(([, { environment = {} }]) => environment.KEYFILE !== undefined)
      .map(([name]) => [name, { condition: 'service_healthy' }]),
  )
  expect(Object.keys(ready).length).toBeGreaterThan(5)
  expect(compose.services.miner?.depends_on).toEqual(ready)
})

test('only this machine reaches what is published', () => {
  const ports = services.flatMap(([, { ports: published = [] }]) => published)
  expect(ports.length).toBeGreaterThan(3)
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
})
