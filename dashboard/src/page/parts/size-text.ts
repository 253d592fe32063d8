const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A size as people read it. @param bytes of any number. */
export function sizeText(bytes: number): string {
  let [size, unit] = [bytes, 0]
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${size.toFixed(unit > 0 && size < 10 ? 1 : 0)} ${UNITS[unit]}`
}
