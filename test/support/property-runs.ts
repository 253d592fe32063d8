/**
 * How often a property is tried that takes long for each try, such as a whole bounty on a chain: with `LONG_TESTS=true` ten
 * times as often as usual.
 */
export function propertyRuns(usual: number): number {
  return process.env.LONG_TESTS === 'true' ? 10 * usual : usual
}
