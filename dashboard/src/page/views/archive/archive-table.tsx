import type { bountyList } from '@polyswarm/protocol'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { BlockMoment } from '../../parts/block-moment.js'
import { PhaseBadge } from '../../parts/phase-badge.js'
import { ScrollBox } from '../../parts/scroll-box.js'
import { texts } from '../../texts.js'

const { archive, bounty: said, market } = texts

/** Bounties as a list of the daemon has them. */
export function ArchiveTable({ bounties }: { bounties: z.output<typeof bountyList>['bounties'] }) {
  const { columns } = market
  return (
    <ScrollBox label={archive.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{columns.bounty}</th>
            <th scope="col">{archive.posted}</th>
            <th scope="col">{said.by}</th>
            <th scope="col">{columns.phase}</th>
            <th scope="col" className="number">
              {columns.reward}
            </th>
            <th scope="col">{columns.artifacts}</th>
            <th scope="col" className="number">
              {columns.answers}
            </th>
            <th scope="col" className="number">
              {columns.votes}
            </th>
          </tr>
        </thead>
        <tbody>
          {bounties.map((bounty) => (
            <tr key={bounty.guid}>
              <th scope="row">
                <Link to="/bounty/$guid" params={{ guid: bounty.guid }} preload={false}>
                  {bounty.guid.slice(0, 8)}
                </Link>
              </th>
              <td>
                <BlockMoment block={bounty.block_number} />
              </td>
              <td>
                <AccountName address={bounty.author} />
              </td>
              <td>
                <PhaseBadge phase={bounty.phase} />
              </td>
              <td className="number">
                <Amount units={bounty.amount} />
              </td>
              <td>{market.artifacts(bounty.num_artifacts, bounty.artifact_type)}</td>
              <td className="number">{bounty.assertions}</td>
              <td className="number">{bounty.votes}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
