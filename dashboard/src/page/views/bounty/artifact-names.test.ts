import fc from 'fast-check'
import { expect, test } from 'vitest'
import { artifactNames } from './artifact-names.ts'
import { confidenceOf } from './confidence-of.ts'

test('the ambassador names an artifact, then the store', () => {
  const metadata = [{ filename: 'a.exe' }, { uri: 'https://b.example/' }, { filename: '' }]
  expect(artifactNames(metadata, ['0', '1', '2', '3'], 4)).toEqual(['a.exe', 'https://b.example/', '2', '3'])
  expect(artifactNames('Qm', [], 1)).toEqual([''])
})

test('whatever metadata is, there is a name for each artifact, and a confidence from 0 to 1 or none', () => {
  fc.assert(
    fc.property(fc.anything(), fc.integer({ min: 1, max: 256 }), (metadata, numArtifacts) => {
      const names = artifactNames(metadata, [], numArtifacts)
      expect(names).toHaveLength(numArtifacts)
      expect(names.every((name) => typeof name === 'string')).toBe(true)
      const confidence = confidenceOf(metadata, 0)
      expect(confidence === null || (confidence >= 0 && confidence <= 1)).toBe(true)
    }),
  )
})
