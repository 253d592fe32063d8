/** Characters that have upset programs: controls, C1, bidirectional marks, an unpaired surrogate, a byte order mark. */
const UGLY = '\u0000\u001b[2J\u009b31m\u202e\u2066\u200b\ufeff'

/**
 * Metadata of bounties as a stranger would write it: each is valid JSON, and most of it passes the schema of a bounty's
 * metadata. JSON texts.
 */
export function hostileDocuments(): string[] {
  const file = (fields: string) => `[{"mimetype":"x",${fields}}]`
  return [
    file(`"filesize":${'9'.repeat(60)}`),
    file(`"filesize":${'9'.repeat(30_000)}`),
    file(`"filesize":-${'1'.repeat(400)}`),
    file('"filesize":1e400'),
    file('"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}'),
    file('"toString":1,"valueOf":null,"toJSON":"x","then":"x","length":-1'),
    file(`"filename":${JSON.stringify(UGLY)}`),
    file('"filename":"\\ud800","sha256":"\\udfff\\ud800"'),
    file(`"filename":"${'../'.repeat(200)}etc/passwd"`),
    file(`"filename":"${'a'.repeat(100_000)}"`),
    file(`"deep":${'['.repeat(60)}${']'.repeat(60)}`),
    file(`"deep":${'{"a":'.repeat(60)}1${'}'.repeat(60)}`),
    file(`"many":[${'1e999,'.repeat(20_000)}0]`),
    `[${file('"filesize":0').slice(1, -1)}${`,${file('"filesize":1').slice(1, -1)}`.repeat(255)}]`,
    `[{"uri":"http://[::ffff:0:0]:99999/${'%ff'.repeat(300)}","protocol":"javascript"}]`,
    '[{"mimetype":1}]',
    '[null,true,[],{}]',
    '{}',
    `"${'x'.repeat(200)}"`,
    '9'.repeat(100),
  ]
}

/** Texts of up to 100 bytes, as the chain takes them for metadata, with no daemon in between. */
export function hostileTexts(): string[] {
  const fits = (text: string) => Buffer.byteLength(text) <= 100
  const number = `[{"mimetype":"x","filesize":${'9'.repeat(70)}}]`
  return [
    number,
    `${number.slice(0, -2)}}]`.padEnd(100),
    `[{"mimetype":"x","__proto__":{"a":1},"sha256":"${'f'.repeat(50)}"}]`,
    '['.repeat(100),
    `${'[{"a":'.repeat(16)}`,
    `[{"mimetype":"${UGLY}","filename":"${UGLY}"}]`.padEnd(90),
    '[{"mimetype":"\\ud800\\udc00\\ud800","filename":"\\udfff"}]'.padEnd(100),
    '-'.padEnd(100, '1'),
    UGLY.repeat(3),
    'Qm'.padEnd(46, '1'),
    'null'.padEnd(100),
  ].filter(fits)
}

/** Documents of the largest size that is stored, which a short address names: long texts, many numbers, many digits. */
export function largeDocuments(): string[] {
  const entry = `{"mimetype":"x","filename":"${'a'.repeat(4_050)}"}`
  return [
    `[${Array(255).fill(entry).join(',')}]`,
    `[{"mimetype":"x","numbers":[${'1,'.repeat(520_000)}1]}]`,
    `[{"mimetype":"x","numbers":[${`${'9'.repeat(300)},`.repeat(3_400)}1]}]`,
  ]
}

/** The same beside a reveal. */
export function largeVerdicts(): string {
  return `[{"malware_family":"${'a'.repeat(1_040_000)}"}]`
}

/** Texts of up to 100 bytes in the place of an artifact's address. */
export function hostileUris(): string[] {
  return [
    '../../../../etc/passwd',
    'Qm'.padEnd(46, 'z'),
    'http://127.0.0.1:1/artifacts',
    '%00'.repeat(33),
    UGLY.repeat(3),
    'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o',
    '/'.repeat(100),
  ]
}

/** Metadata of a reveal, up to 1,024 bytes, as a stranger would write it. */
export function hostileVerdicts(): string[] {
  const verdict = (fields: string) => `[{"malware_family":"x",${fields}}]`.padEnd(110)
  return [
    verdict(`"filesize":${'9'.repeat(900)}`),
    verdict(`"scanner":{"version":"${'1.'.repeat(400)}1"}`),
    verdict(`"scanner":{"version":"${'1.'.repeat(400)}x"}`),
    verdict('"__proto__":{"polluted":1}'),
    verdict(`"domains":${JSON.stringify(UGLY.repeat(10))}`),
    verdict(`"deep":${'['.repeat(60)}${']'.repeat(60)}`),
    UGLY.repeat(40),
    '9'.repeat(1_000),
    '['.repeat(1_000),
  ].filter((text) => Buffer.byteLength(text) <= 1_024)
}
