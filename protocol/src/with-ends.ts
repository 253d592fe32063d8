/**
 * Does work that others may end, and that may end itself, and leaves nothing behind when it is over. What `AbortSignal.any`
 * makes stays with the signals that it was made of, and looks through all of them each time it is asked.
 *
 * @param ends who ends it, with their reasons.
 * @param work gets the end that it shares with them.
 */
export async function withEnds<T>(
  ends: readonly (AbortSignal | undefined)[],
  work: (end: AbortController) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  const given = ends.filter((each) => each !== undefined)
  const onEnd = (): void => end.abort(given.find(({ aborted }) => aborted)?.reason)
  for (const each of given) each.addEventListener('abort', onEnd, { once: true })
  if (given.some(({ aborted }) => aborted)) onEnd()
  try {
    return await work(end)
  } finally {
    for (const each of given) each.removeEventListener('abort', onEnd)
  }
}
