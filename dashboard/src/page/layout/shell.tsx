import { Link, Outlet } from '@tanstack/react-router'
import { usePageSettings } from '../live/market-context.js'
import { showAllDigits, useAllDigits } from '../parts/all-digits.js'
import { texts } from '../texts.js'
import { ConnectionStatus } from './connection-status.js'
import { HeadBlock } from './head-block.js'
import { SessionDialog } from './session-dialog.js'
import { ThemeChoice } from './theme-choice.js'

/** What is around every view: where one can go, how the connection is, and how things are shown. */
export function Shell() {
  const { daemon, service } = usePageSettings()
  const { navigation, layout } = texts
  return (
    <>
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          {texts.name}
        </Link>
        <nav aria-label={navigation.label}>
          {daemon && (
            <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
              {navigation.market}
            </Link>
          )}
          {service && <Link to="/ask">{navigation.ask}</Link>}
          {daemon && <Link to="/engines">{navigation.engines}</Link>}
          {daemon && <Link to="/arbiter">{navigation.arbiter}</Link>}
          {daemon && <Link to="/money">{navigation.money}</Link>}
          <Link to="/operator">{navigation.operator}</Link>
        </nav>
        <SessionDialog />
      </header>
      <ConnectionStatus />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="bottom">
        <HeadBlock />
        <DigitsChoice label={layout.digits} />
        <ThemeChoice />
      </footer>
    </>
  )
}

function DigitsChoice({ label }: { label: string }) {
  const all = useAllDigits()
  return (
    <label>
      <input type="checkbox" checked={all} onChange={({ target }) => showAllDigits(target.checked)} /> {label}
    </label>
  )
}
