import { get } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Metrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'

describe('metrics', () => {
  it('are served as Prometheus reads them', async () => {
    const metrics = new Metrics()
    metrics.add('polyswarm_findings_total', 2, { backend: 'a"b\n', outcome: 'benign' })
    metrics.set('polyswarm_head_block', 7)
    metrics.observe('polyswarm_scan_seconds', 0.03, { outcome: 'benign' })
    metrics.observe('polyswarm_scan_seconds', 99, { outcome: 'benign' })
    const { url, stop } = await serveMetrics(metrics, { port: 0 })
    const response = await fetch(url)
    expect(response.headers.get('content-type')).toContain('version=0.0.4')
    const text = await response.text()
    expect(text).toContain('polyswarm_findings_total{backend="a\\"b\\n",outcome="benign"} 2\n')
    expect(text).toContain('polyswarm_head_block 7\n')
    expect(text).toContain('polyswarm_scan_seconds_bucket{outcome="benign",le="0.02"} 0\n')
    expect(text).toContain('polyswarm_scan_seconds_bucket{outcome="benign",le="0.05"} 1\n')
    expect(text).toContain('polyswarm_scan_seconds_bucket{outcome="benign",le="+Inf"} 2\n')
    expect(text).toContain('polyswarm_scan_seconds_count{outcome="benign"} 2\n')
    for (const line of text.trim().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [\d.e+-]+)$/)
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404)
    stop()
  })

  it.each([
    [{ host: 'rebound.example' }, 421],
    [{ host: 'engine' }, 421],
    [{ origin: 'http://page.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    [{ host: 'Engine.internal:9100' }, 200],
    [{ host: 'localhost' }, 200],
  ])('are for who asks by a name of this host, and not for pages: %o gets %d', async (headers, status) => {
    const { url, stop } = await serveMetrics(new Metrics(), { port: 0, hosts: ['engine.internal'] })
    const answered = await new Promise((resolve, reject) => {
      get(url, { headers: headers as Record<string, string>, agent: false }, (response) => {
        resolve(response.statusCode)
        response.resume()
      }).once('error', reject)
    })
    stop()
    expect(answered).toBe(status)
  })

  it('do not grow without bound, whatever their labels', () => {
    const metrics = new Metrics()
    for (let i = 0; i < 5_000; i++) metrics.add('polyswarm_failures_total', 1, { reason: `r${i}` })
    expect(metrics.text().length).toBeLessThan(20_000)
    expect(metrics.text()).toContain('{reason="other"} 4900')
  })

  it('are told apart by labels where several share a program', () => {
    const metrics = new Metrics()
    for (const name of ['one', 'two']) {
      const part = metrics.part({ name })
      part.set('polyswarm_head_block', name.length)
      for (let i = 0; i < 60; i++) part.add('polyswarm_failures_total', 1, { reason: `r${i}` })
    }
    expect(metrics.text()).toContain('polyswarm_head_block{name="one"} 3\npolyswarm_head_block{name="two"} 3\n')
    expect(metrics.text()).toContain('polyswarm_failures_total{name="two",reason="r59"} 1')
  })

  it('end in their unit', () => {
    const names = [...new Metrics().text().matchAll(/^# TYPE (\w+) (\w+)/gm)]
    for (const [, name, kind] of names) {
      expect(name).toMatch(
        kind === 'counter' ? /_total$/ : /_(seconds|blocks|coins|nct|alerts|cases|ratio|bounties|block|jobs|workers)$/,
      )
    }
  })
})
