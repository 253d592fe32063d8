import { createCipheriv, createHash } from 'node:crypto'
import { stringifyJson } from '@polyswarm/protocol'
import { eicarTestFile } from '../artifacts/eicar.js'

/** An artifact to try a backend on. */
export interface ProbeArtifact {
  name: string
  content: Uint8Array
  /** What the ambassador claims of it. */
  metadata: Record<string, unknown>
  /** What a backend that knows such things should say; undefined where any answer is as good. */
  expected?: 'malicious' | 'benign'
}

const LARGE = 16 * 1024 * 1024

/** A page that opens an invisible frame elsewhere and hides what it does, as the test pages against web scanners do. */
const WICAR_LIKE = [
  '<html><head><title>test page</title></head><body>',
  '<script>var p=unescape("%u4141%u4242");while(p.length<1e5)p+=p;',
  'document.write(unescape("%3Ciframe width=0 height=0 src=http://192.0.2.1/x%3E"));</script>',
  '<object classid="clsid:BD96C556-65A3-11D0-983A-00C04FC29E36"></object></body></html>',
].join('\n')

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** The same bytes each time: a probe that failed can be tried again. */
function randomBytes(size: number, seed: string): Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  return new Uint8Array(cipher.update(Buffer.alloc(size)))
}

/** The artifacts: EICAR, a page like that of WICAR, nothing, random bytes, much, and names that mean harm. */
export function probeArtifacts(): ProbeArtifact[] {
  const hostile = [
    '../../../../etc/passwd',
    '; touch /tmp/pwned #',
    '$(reboot)',
    '-rf',
    'a\0b',
    'line\r\nbreak: 1',
    `${'x'.repeat(5_000)}.exe`,
    '\u202egnp.exe',
  ]
  return [
    { name: 'EICAR', content: eicarTestFile(), metadata: { filename: 'eicar.com' }, expected: 'malicious' },
    { name: 'harmless text', content: bytes('not a malicious file\n'), metadata: {}, expected: 'benign' },
    { name: 'WICAR-like page', content: bytes(WICAR_LIKE), metadata: { mimetype: 'text/html' } },
    { name: 'empty', content: new Uint8Array(), metadata: {} },
    { name: 'random', content: randomBytes(100_000, 'random'), metadata: {} },
    { name: 'large', content: randomBytes(LARGE, 'large'), metadata: {} },
    ...hostile.map((filename) => ({
      name: `named ${stringifyJson(filename.slice(0, 30))}`,
      content: bytes('not a malicious file\n'),
      metadata: { filename, mimetype: filename, extended_type: filename },
    })),
  ]
}
