/** With these the trade encrypts what it passes on, so that no scanner on the way takes it for an attack. */
const CUSTOMARY = ['infected', 'malware', 'virus']
/** To try one can take a second. */
const MOST_NAMED = 3
const LONGEST = 128

/**
 * Passwords that are tried on encrypted archives: what the ambassador names in the metadata, as `password` (a text) or
 * `passwords` (a list, of which three are taken), and those that are customary.
 *
 * @param metadata written by a stranger: whatever else stands there is passed over.
 */
export function passwordsFor(metadata: Readonly<Record<string, unknown>>): string[] {
  const { password, passwords } = metadata
  const named = [password, ...(Array.isArray(passwords) ? passwords.slice(0, MOST_NAMED) : [])].filter(isPassword)
  return [...new Set([...named.slice(0, MOST_NAMED), ...CUSTOMARY])]
}

function isPassword(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST && !value.includes('\0')
}
