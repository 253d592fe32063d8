import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entropyBackend } from '../backends/entropy/entropy-backend.ts'
import { entropyOf } from './entropy.ts'
import { formatOf } from './file-format.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))

describe('formatOf', () => {
  it.each([
    ['elf', readFileSync(process.execPath).subarray(0, 100)],
    ['gzip', gzipSync('x')],
    ['script', bytes('#!/bin/sh\n')],
    ['html', bytes('\n<!DOCTYPE html><p>')],
    ['text', bytes('Grüße aus München')],
    ['empty', new Uint8Array()],
    ['data', Uint8Array.of(0, 1, 2, 3)],
    ['text', bytes('ü'.repeat(5_000))],
  ])('knows %s', (name, content) => {
    expect(formatOf(content).name).toBe(name)
  })

  it('takes a text for one wherever its sample ends, and broken UTF-8 for data', () => {
    const character = fc.constantFrom('ü', '€', '🦠')
    fc.assert(
      fc.property(character, fc.nat({ max: 3 }), (character, before) => {
        const text = Buffer.from('x'.repeat(before) + character.repeat(2_100))
        expect(formatOf(text).name).toBe('text')
        text[before] = 0x80
        expect(formatOf(text).name).toBe('data')
      }),
    )
  })
})

describe('the entropy backend', () => {
  it('never bets, whatever it is given', async () => {
    const backend = entropyBackend()
    const signal = new AbortController().signal
    const program = Buffer.concat([Buffer.from('MZ'), gzipSync(readFileSync(process.execPath).subarray(0, 200_000))])
    const packed = await backend.analyze({ content: program, artifactType: 'file', metadata: {}, signal })
    expect(packed).toMatchObject({ outcome: 'suspicious', metadata: { format: 'pe' } })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (content) => {
        const { outcome } = await backend.analyze({ content, artifactType: 'file', metadata: {}, signal })
        expect(['unknown', 'suspicious']).toContain(outcome)
      }),
    )
  })

  it('measures bits a byte', () => {
    expect(entropyOf(bytes('aaaa'))).toBe(0)
    expect(entropyOf(Uint8Array.from({ length: 256 }, (_, index) => index))).toBe(8)
  })
})
