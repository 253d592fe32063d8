/** FIN, and the opcode of a text. */
const FINAL_TEXT = 0x81

/** Longest payloads that the two shorter forms of a header can tell. */
const SHORT = 125
const MEDIUM = 0xffff

/**
 * A message as a server sends it over a WebSocket (RFC 6455, 5.2): one frame, not masked, not compressed. What goes to
 * a thousand clients is written once.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length <= SHORT ? 2 : length <= MEDIUM ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = FINAL_TEXT
  if (header === 2) {
    frame[1] = length
  } else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, header)
  return frame
}
