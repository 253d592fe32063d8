/** A moment as the API writes it: without an offset it is meant in UTC. */
export function utc(moment: string): string {
  return /([zZ]|[+-]\d\d:?\d\d)$/.test(moment) ? moment : `${moment}Z`
}
