import type { ProbeArtifact } from './probe-artifacts.js'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/**
 * URL artifacts to try a backend on: a harmless one, nothing, much, and what an ambassador that means harm would post. Which
 * URLs are malicious each backend knows for itself: there is none that all agree on.
 */
export function probeUrls(): ProbeArtifact[] {
  const hostile: [string, Uint8Array][] = [
    ['a script', bytes('javascript:alert(document.domain)')],
    ['data', bytes('data:text/html;base64,PHNjcmlwdD4=')],
    ['a file of this machine', bytes('file:///etc/passwd')],
    ['no URL', bytes('not a URL at all')],
    ['a line break', bytes('https://example.org/\r\nHost: example.net')],
    ['control characters', bytes('https://example.org/\0\u001b[2J')],
    ['a command', bytes('https://example.org/$(touch /tmp/pwned);`id`')],
    ['no UTF-8', Uint8Array.of(...bytes('https://example.org/'), 0xff, 0xfe)],
    ['an encoding that is broken', bytes('https://%zz.example.org/%')],
    ['a name in front of the host', bytes('https://bank.example@example.org/')],
  ]
  return [
    { name: 'harmless URL', content: bytes('https://example.org/'), metadata: { uri: 'https://example.org/' } },
    { name: 'empty', content: new Uint8Array(), metadata: {} },
    { name: 'large', content: bytes(`https://example.org/${'x'.repeat(16 * 1024 * 1024)}`), metadata: {} },
    ...hostile.map(([name, content]) => ({
      name,
      content,
      // Not what the artifact is: nothing makes an ambassador tell the truth.
      metadata: { uri: 'javascript:alert(1)', protocol: '../..' },
    })),
  ]
}
