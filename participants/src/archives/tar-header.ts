const BLOCK = 512
const [SUM_AT, SUM_END] = [148, 156]

/**
 * Whether a content is a tar archive, of any kind: only the sum of its first header tells, which some programs take over
 * signed bytes.
 */
export function isTar(content: Buffer): boolean {
  if (content.length < BLOCK) return false
  const said = content.toString('latin1', SUM_AT, SUM_END)
  const digits = /^ *([0-7]+)[\0 ]*$/.exec(said)?.[1]
  if (digits === undefined) return false
  let [sum, signed] = [0, 0]
  for (let at = 0; at < BLOCK; at++) {
    const byte = at >= SUM_AT && at < SUM_END ? 0x20 : (content[at] ?? 0)
    sum += byte
    signed += byte < 128 ? byte : byte - 256
  }
  const wanted = Number.parseInt(digits, 8)
  return wanted === sum || wanted === signed
}
