import { benign, type Finding, malicious, suspicious } from '../../findings/finding.js'
import type { YaraMatch } from './yara-answers.js'

/**
 * What the rules that matched come to. A rule may say in its `meta` what a match means: `family`, `confidence` (0 to 100, 95 if
 * not given), `verdict = "suspicious"`. No match is a hint at benign: rules know what they were written for.
 */
export function yaraFinding(matches: readonly YaraMatch[]): Finding {
  const meta = (match: YaraMatch, name: string): unknown => match.meta[name]
  const family = (match: YaraMatch): string => String(meta(match, 'family') ?? match.identifier)
  const convicting = matches.filter((match) => meta(match, 'verdict') !== 'suspicious')
  const confidence = (match: YaraMatch): number => {
    const percent = Number(meta(match, 'confidence') ?? 95)
    return percent >= 0 && percent <= 100 ? percent / 100 : 0.95
  }
  const [first, ...others] = convicting
  if (first) {
    const best = others.reduce((a, b) => (confidence(b) > confidence(a) ? b : a), first)
    return malicious({ family: family(best), confidence: confidence(best), metadata: { rules: rulesOf(convicting) } })
  }
  const [suspect] = matches
  if (suspect) return suspicious({ family: family(suspect), metadata: { rules: rulesOf(matches) } })
  return benign({ confidence: 0.75 })
}

function rulesOf(matches: readonly YaraMatch[]): string[] {
  return matches.slice(0, 20).map(({ identifier }) => identifier)
}
