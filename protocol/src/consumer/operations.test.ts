import { expect, test } from 'vitest'
import { z } from 'zod'
import { type ConsumerOperation, consumerOperations, createInstanceRequest, hashTypeOf } from './index.js'

const operations: ConsumerOperation[] = Object.values(consumerOperations)

test('each route is there once, and its variables have a form', () => {
  const routes = operations.map(({ method, path }) => `${method} ${path}`)
  expect(new Set(routes).size).toBe(routes.length)
  for (const { path, parameters } of operations) {
    const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name)
    expect(Object.keys(parameters?.shape ?? {}).sort(), path).toEqual(names.sort())
  }
})

test('each answer can be written as JSON Schema', () => {
  for (const { path, answer } of operations) {
    if (answer instanceof z.ZodType) expect(z.toJSONSchema(answer), path).toHaveProperty('type', 'object')
  }
})

test('what the public command line sends is understood', () => {
  const file = { artifact_name: 'X.bin', artifact_type: 'FILE', community: 'default' }
  expect(createInstanceRequest.parse(file)).toEqual(file)
  const url = {
    artifact_name: 'http://example.com/',
    artifact_type: 'url',
    scan_config: 'more-time',
    preprocessing: null,
  }
  expect(createInstanceRequest.parse(url)).toEqual({ ...url, artifact_type: 'URL' })
})

test('a hash is told by its length', () => {
  expect(hashTypeOf('A'.repeat(40))).toBe('sha1')
  expect(hashTypeOf('a'.repeat(64))).toBe('sha256')
  expect(hashTypeOf('a'.repeat(41))).toBeUndefined()
  expect(hashTypeOf(`${'a'.repeat(63)}g`)).toBeUndefined()
})
