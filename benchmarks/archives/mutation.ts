/** A generator of numbers from 0 to below a limit, the same for the same seed. */
export function generator(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * limit)
  }
}

/** An archive with a few of its bytes changed, cut out, doubled, or taken from another one. */
export function mutated(archive: Buffer, other: Buffer, random: (limit: number) => number): Buffer {
  let bytes = Buffer.from(archive)
  for (let change = random(4); change >= 0; change--) {
    const at = random(bytes.length)
    const length = 1 + random(Math.min(64, bytes.length))
    const piece = bytes.subarray(at, at + length)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + length)]
    switch (random(8)) {
      case 0:
        bytes = Buffer.concat([before, after])
        break
      case 1:
        bytes = Buffer.concat([before, piece, piece, after])
        break
      case 2:
        bytes = Buffer.concat([bytes, other])
        break
      case 3:
        bytes = Buffer.concat([other.subarray(0, random(other.length)), bytes])
        break
      case 4:
        bytes = Buffer.from(before)
        break
      default:
        // Headers have their fields in few places: half of all changes are of single bits.
        for (let index = 0; index < 1 + random(3); index++) {
          const place = random(bytes.length)
          bytes[place] = random(2) ? random(256) : (bytes[place] ?? 0) ^ (1 << random(8))
        }
    }
    if (bytes.length === 0) return Buffer.from(archive)
  }
  return bytes
}
