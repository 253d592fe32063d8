import { MAX_PAGE } from '@polyswarm/protocol/consumer'

/** A page of a list as it is answered. */
export interface Page<Element> {
  result: Element[]
  has_more: boolean
  limit: number
  offset?: string
}

/** Elements of a page that nobody asked to be longer or shorter. */
const LENGTH = 20

/** Bytes after which a page ends, however few elements it has. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Makes a page.
 *
 * @param find the elements after the offset, at most so many.
 * @param view how one is shown, and from which offset the next one goes on.
 */
export async function pageOf<Found, Element>(
  limit: number = LENGTH,
  find: (limit: number) => Promise<readonly Found[]>,
  view: (found: Found) => Promise<{ element: Element; bytes: number; offset: string }>,
): Promise<Page<Element>> {
  const length = Math.min(limit, MAX_PAGE)
  const found = await find(length + 1)
  const result: Element[] = []
  let [bytes, offset] = [0, '']
  for (const each of found.slice(0, length)) {
    const shown = await view(each)
    if (result.length > 0 && bytes + shown.bytes > MAX_BYTES) break
    result.push(shown.element)
    bytes += shown.bytes
    offset = shown.offset
  }
  const more = found.length > result.length
  return { result, has_more: more, limit: length, ...(more && { offset }) }
}
