import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the heap small. V8 makes the part of it in which objects begin larger each time that much of it survives, as it does
 * while a program is loaded, and never smaller while there is work: a participant lets it be 48 MB and gains nothing by it.
 * What became old may, by chance, grow to twice of what is in use before V8 looks; here it grows by two fifths.
 *
 * Maglev, the second of its compilers, takes on whatever ran for a moment, hundreds of functions of a participant, and needs
 * megabytes for a large one, which the allocator keeps. Here it takes on what goes on running, a little before the third.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=40')
  setFlagsFromString('--invocation-count-for-maglev=2500')
}
