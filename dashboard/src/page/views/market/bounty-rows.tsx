import type { Guid } from '@polyswarm/protocol'
import { useNavigate } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { LiveBounty } from '../../live/live-bounty.js'
import { texts } from '../../texts.js'
import { BountyRow } from './bounty-row.js'

const { columns } = texts.market

/** Pixels of a row before the first is measured. */
const ROW = 48

/**
 * The bounties as a table, of which only what is in sight is drawn: a thousand cost as much as twenty. All rows are of the
 * height of the first, so that a row costs no measuring; and what scrolling brings is drawn when the browser has time for
 * it, out of sight, instead of holding the frame.
 */
export function BountyRows({
  rows,
  head,
  secondsPerBlock,
}: {
  rows: readonly LiveBounty[]
  head: number
  secondsPerBlock: number | null
}) {
  const list = useRef<HTMLDivElement>(null)
  const [rowHeight, setRowHeight] = useState(ROW)
  const [scrollMargin, setScrollMargin] = useState(0)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      setRowHeight(element.firstElementChild?.getBoundingClientRect().height || ROW)
      setScrollMargin(element.offsetTop)
    })
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    useFlushSync: false,
    scrollMargin,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes that are kept are of the height before.
  useLayoutEffect(() => virtual.measure(), [rowHeight])
  const navigate = useNavigate()
  const open = useCallback((guid: Guid) => void navigate({ to: '/bounty/$guid', params: { guid } }), [navigate])
  return (
    // biome-ignore-start lint/a11y: rows that are placed one by one are no rows of a table element.
    <div role="table" aria-label={texts.market.title} aria-rowcount={rows.length + 1} className="bounties">
      <div role="rowgroup">
        <div role="row" className="row head" aria-rowindex={1}>
          {Object.entries(columns).map(([name, text]) => (
            <span key={name} role="columnheader" className={`c-${name}`}>
              {text}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={list} className="rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const bounty = rows[index]
          if (!bounty) return null
          return (
            <div
              key={bounty.guid}
              role="row"
              className="row"
              aria-rowindex={index + 2}
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <BountyRow bounty={bounty} head={head} secondsPerBlock={secondsPerBlock} open={open} />
            </div>
          )
        })}
      </div>
    </div>
    // biome-ignore-end lint/a11y: see above.
  )
}
