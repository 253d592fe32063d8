import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import type { LiveBounty } from '../../live/live-bounty.js'
import { texts } from '../../texts.js'
import { BountyRow } from './bounty-row.js'

const { columns } = texts.market

/** Pixels of a row before it is measured. */
const ROW = 48

/** The bounties as a table, of which only what is in sight is drawn: a thousand cost as much as twenty. */
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
  const [scrollMargin, setScrollMargin] = useState(0)
  useLayoutEffect(() => setScrollMargin(list.current?.offsetTop ?? 0), [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    overscan: 8,
    scrollMargin,
    getItemKey: (index) => rows[index]?.guid ?? index,
  })
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
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const bounty = rows[index]
          if (!bounty) return null
          return (
            <div
              key={key}
              role="row"
              className="row"
              data-index={index}
              aria-rowindex={index + 2}
              ref={virtual.measureElement}
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <BountyRow bounty={bounty} head={head} secondsPerBlock={secondsPerBlock} />
            </div>
          )
        })}
      </div>
    </div>
    // biome-ignore-end lint/a11y: see above.
  )
}
