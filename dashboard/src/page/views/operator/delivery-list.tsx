import type { DeliveryResult } from '@polyswarm/protocol/consumer'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../client/session.js'
import { durationText } from '../../parts/duration-text.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Moment } from '../../parts/moment.js'
import { OutsideText } from '../../parts/outside-text.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { deliveriesQuery } from '../../queries/account-queries.js'
import { texts } from '../../texts.js'

const { deliveries: said } = texts.operator

const TONES = { delivered: 'good', refused: 'bad', stopped: 'warn' } as const

/** What a webhook got lately; asked for once it is opened. */
export function DeliveryList({ id }: { id: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{said.title}</summary>
      {isOpen && <Deliveries id={id} />}
    </details>
  )
}

function Deliveries({ id }: { id: string }) {
  const query = useQuery(deliveriesQuery(id, useSession().serviceKey))
  return (
    <Fetched query={query}>
      {(deliveries) =>
        deliveries.length === 0 ? <Empty>{said.empty}</Empty> : <DeliveryTable deliveries={deliveries} />
      }
    </Fetched>
  )
}

function DeliveryTable({ deliveries }: { deliveries: readonly DeliveryResult[] }) {
  return (
    <ScrollBox label={said.title}>
      <table>
        <thead>
          <tr>
            {said.columns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {deliveries.map(({ id, event, begun, duration, attempts, outcome, reason }) => (
            <tr key={`${id} ${begun}`}>
              <td>
                <Moment at={begun} />
              </td>
              <td>
                <OutsideText text={event} longest={60} /> <OutsideText text={id} longest={60} />
              </td>
              <td className={TONES[outcome]}>{said.outcomes[outcome]}</td>
              <td>
                {attempts} <small>{durationText(duration / 1000)}</small>
              </td>
              <td>{reason !== null && <OutsideText text={reason} longest={300} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
