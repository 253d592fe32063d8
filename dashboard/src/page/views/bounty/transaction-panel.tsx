import type { BountyMove } from '@polyswarm/protocol'
import { memo } from 'react'
import { AccountName } from '../../parts/account-name.js'
import { BlockMoment } from '../../parts/block-moment.js'
import { CopyButton } from '../../parts/copy-button.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'

/** Every transaction of a bounty, in the order of the chain. */
export const TransactionPanel = memo(function TransactionPanel({ moves }: { moves: readonly BountyMove[] | null }) {
  const { bounty } = texts
  return (
    <Panel title={bounty.transactions}>
      {moves === null ? (
        <p>{bounty.noTransactions}</p>
      ) : (
        <ol className="moves">
          {moves.map(({ event, account, block_number, txhash }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: several moves can be in one transaction, and the list only grows.
            <li key={index}>
              <span className="quiet-text">
                <BlockMoment block={block_number} />
              </span>{' '}
              {account !== null && <AccountName address={account} />} {bounty.events[event]}
              {txhash !== null && (
                <>
                  {' '}
                  <code title={txhash}>{`${txhash.slice(0, 10)}…`}</code>{' '}
                  <CopyButton text={txhash} label={bounty.copy} />
                </>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
})
