import { usePageSettings } from '../../live/market-context.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import { BlockPanel } from './block-panel.js'
import { FaucetForm } from './faucet-form.js'
import { PostForm } from './post-form.js'

/** What only a dev market lets one do. */
export function DevPanel() {
  const { service } = usePageSettings()
  const { operator } = texts
  return (
    <Panel title={operator.dev}>
      <p className="quiet-text">{operator.devIntro}</p>
      <BlockPanel />
      {service && <PostForm />}
      <FaucetForm />
    </Panel>
  )
}
