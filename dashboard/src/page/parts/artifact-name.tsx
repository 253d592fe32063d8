import { defangedUrl } from '@polyswarm/protocol/polyscore'
import { OutsideText } from './outside-text.js'

/** The name of a file, or a URL in a form that nobody opens by mistake. */
export function ArtifactName({ name, type }: { name: string; type: 'file' | 'url' }) {
  const isUrl = type === 'url' || /^[a-z][a-z0-9+.-]*:\/\//i.test(name)
  return <OutsideText text={isUrl ? defangedUrl(name.slice(0, 4_096)) : name} />
}
