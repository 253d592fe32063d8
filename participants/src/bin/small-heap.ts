import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the part of the heap small in which objects begin: V8 makes it larger each time that much of it survives, as it does
 * while a program is loaded, and never smaller while there is work. A participant lets it be 48 MB and gains nothing by it.
 */
export function keepNurserySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
