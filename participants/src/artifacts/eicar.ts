/**
 * The EICAR test file: 68 harmless bytes that every virus scanner agrees to call malicious. Kept encoded, so that a
 * checkout of this source does not set any of them off.
 */
const ENCODED = 'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo='

/** The bytes of the EICAR test file. */
export function eicarTestFile(): Uint8Array {
  return new Uint8Array(Buffer.from(ENCODED, 'base64'))
}

/** Whether a content holds the EICAR test file, anywhere in it. */
export function containsEicar(content: Uint8Array): boolean {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(Buffer.from(ENCODED, 'base64'))
}
