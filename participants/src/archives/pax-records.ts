/** What a pax header says of the member behind it. */
export interface PaxRecords {
  path?: string
  size?: number
}

/** Bytes of a header that are looked at; what programs write there is far less. */
const MAX_HEADER = 64 * 1024
/** Digits of a record's length. */
const MAX_DIGITS = 6
const [SPACE, EQUALS, ZERO, NINE] = [0x20, 0x3d, 0x30, 0x39]

/**
 * Reads the records of a pax header, `LENGTH KEY=VALUE\n` each, by their length: every byte is looked at once. What comes
 * after a record that is damaged is not read.
 */
export function paxRecords(header: Buffer): PaxRecords {
  const records: PaxRecords = {}
  const end = Math.min(header.length, MAX_HEADER)
  for (let at = 0; at < end; ) {
    let length = 0
    let key = at
    for (; key < at + MAX_DIGITS && isDigit(header[key]); key++) length = length * 10 + (header[key] ?? 0) - ZERO
    const next = at + length
    if (header[key] !== SPACE || next <= key + 1 || next > end) break
    const record = header.subarray(key + 1, next - 1)
    const equals = record.indexOf(EQUALS)
    const value = record.toString('utf8', equals + 1)
    const name = equals > 0 ? record.toString('latin1', 0, equals) : ''
    if (name === 'path') records.path = value
    if (name === 'size' && /^\d{1,15}$/.test(value)) records.size = Number(value)
    at = next
  }
  return records
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
