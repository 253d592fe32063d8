import { abstain, benign, defineMicroengine, malicious } from '@polyswarm/participants'

/** Judges a URL by its text: one that asks for a password is malicious. Fetches nothing. */
export default defineMicroengine({
  name: 'url-example',
  artifacts: ['url'],
  scan({ content }) {
    const url = URL.parse(Buffer.from(content).toString())
    if (!url) return abstain('it is no URL')
    const isLogin = /log-?in|verify|password/.test(url.hostname + url.pathname)
    return isLogin ? malicious({ family: 'Phishing', confidence: 0.9 }) : benign({ confidence: 0.6 })
  },
})
