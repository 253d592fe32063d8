import { expect, test } from 'vitest'
import { artifactTypeFromUint, artifactTypeToUint } from './artifact-type.ts'
import { InvalidArtifactTypeError } from './errors.ts'

test('files are 0 and URLs are 1', () => {
  expect(artifactTypeToUint('file')).toBe(0n)
  expect(artifactTypeToUint('url')).toBe(1n)
  expect(artifactTypeFromUint(0n)).toBe('file')
  expect(artifactTypeFromUint(1n)).toBe('url')
})

test.each([2n, -1n, 2n ** 256n - 1n])('nothing is of type %d', (value) => {
  expect(() => artifactTypeFromUint(value)).toThrow(InvalidArtifactTypeError)
})
