import fc from 'fast-check'

const LONG = 1024 * 1024

/** What an attacker puts where a value is expected: numbers of any size, lone surrogates, invisible text, much of it. */
const scalar = fc.oneof(
  { weight: 80, arbitrary: fc.constantFrom('null', 'true', '""', '-0', '1e999', '-1e400', '1e20', '1E-400', '0.1') },
  { weight: 80, arbitrary: fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }).map(String) },
  { weight: 40, arbitrary: fc.integer({ min: 50, max: 2_000 }).map((digits) => '9'.repeat(digits)) },
  { weight: 80, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)) },
  { weight: 40, arbitrary: fc.constantFrom('"\\ud800"', '"\\u0000\\u009b2J\\n"', '"\\u202e\\u2066"', '"__proto__"') },
  { weight: 1, arbitrary: fc.constantFrom('a', '\\u0000', '9').map((unit) => `"${unit.repeat(LONG / unit.length)}"`) },
)

const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', 'length', '', 'filesize', 'mimetype', 'filename'),
  fc.string(),
)

const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
    fc
      .array(fc.tuple(key, tie('tree')), { maxLength: 4 })
      .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`),
    fc
      .tuple(fc.integer({ min: 1, max: 5_000 }), tie('tree'))
      .map(([n, inner]) => '['.repeat(n) + inner + ']'.repeat(n)),
  ),
}))

/** The text of any JSON value that a stranger may send, as ugly and as large as it may be. */
export const hostileJson: fc.Arbitrary<string> = tree

/** A JSON object with the given fields, of which one, some or none are replaced, and with others added. */
export function hostileObject(honest: Record<string, string>): fc.Arbitrary<string> {
  const names = Object.keys(honest)
  const replaced = fc.oneof(fc.subarray(names, { maxLength: Math.min(1, names.length) }), fc.subarray(names))
  return replaced
    .chain((chosen) =>
      fc.tuple(
        fc.record(Object.fromEntries(chosen.map((name) => [name, hostileJson]))),
        fc.array(fc.tuple(key, hostileJson), { maxLength: 2 }),
      ),
    )
    .map(([others, added]) => {
      const all = [...Object.entries({ ...honest, ...others }), ...added]
      return `{${all.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`
    })
}
