import { BOUNTY_PHASES } from '@polyswarm/protocol'
import { useNavigate } from '@tanstack/react-router'
import { texts } from '../../texts.js'
import type { MarketFilter } from './market-filter.js'

/** Chooses which bounties are shown; the choice is part of the page's address. */
export function FilterBar({ filter, canBeMine }: { filter: MarketFilter; canBeMine: boolean }) {
  const navigate = useNavigate({ from: '/' })
  const { market, phases, types } = texts
  const change = (changed: MarketFilter) => void navigate({ search: { ...filter, ...changed }, replace: true })
  return (
    <fieldset className="filters">
      <legend className="hidden">{market.filters}</legend>
      <label>
        {market.phase}{' '}
        <select
          value={filter.phase ?? ''}
          onChange={({ target }) => change({ phase: BOUNTY_PHASES.find((name) => name === target.value) })}
        >
          <option value="">{market.all}</option>
          {BOUNTY_PHASES.map((phase) => (
            <option key={phase} value={phase}>
              {phases[phase]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {market.type}{' '}
        <select
          value={filter.type ?? ''}
          onChange={({ target }) => change({ type: (['file', 'url'] as const).find((name) => name === target.value) })}
        >
          <option value="">{market.all}</option>
          <option value="file">{types.file}</option>
          <option value="url">{types.url}</option>
        </select>
      </label>
      <label title={canBeMine ? undefined : market.mineHint}>
        <input
          type="checkbox"
          disabled={!canBeMine}
          checked={filter.mine ?? false}
          onChange={({ target }) => change({ mine: target.checked || undefined })}
        />{' '}
        {market.mine}
      </label>
    </fieldset>
  )
}
