/**
 * Does work for each item in order, beginning with a few more than are asked for.
 *
 * @param ahead how many are under way at most beyond the one that is waited for.
 */
export async function* readAhead<T, R>(
  items: readonly T[],
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = []
  let next = 0
  const begin = () => {
    const item = items[next++] as T
    const result = work(item)
    // Whoever stops reading does not care what became of the rest.
    result.catch(() => undefined)
    begun.push(result)
  }
  for (let index = 0; index < items.length; index++) {
    while (next < items.length && next <= index + ahead) begin()
    yield await (begun.shift() as Promise<R>)
  }
}
