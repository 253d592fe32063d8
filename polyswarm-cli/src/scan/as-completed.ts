/**
 * Does work on items, up to `most` at a time, and hands out what comes of it in the order in which it is done: one that takes
 * long keeps none of the others waiting.
 *
 * @throws what the items or the work throw, at once.
 */
export async function* asCompleted<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const done: R[] = []
  let running = 0
  let changed = Promise.withResolvers<void>()
  let failure: { error: unknown } | undefined
  let ended = false
  const tell = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const fail = (error: unknown): void => {
    failure ??= { error }
    tell()
  }
  const take = async (): Promise<void> => {
    for await (const item of items) {
      running++
      work(item)
        .then((result) => done.push(result))
        .catch(fail)
        .finally(() => {
          running--
          tell()
        })
      // What is done and not yet taken counts too, so that a slow reader holds up the work.
      while (running + done.length >= most && !failure) await changed.promise
      if (failure) return
    }
    ended = true
    tell()
  }
  take().catch(fail)
  for (;;) {
    if (failure) throw failure.error
    const next = done.shift()
    if (next !== undefined) {
      tell()
      yield next
    } else if (ended && running === 0) return
    else await changed.promise
  }
}
