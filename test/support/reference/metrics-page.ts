/** The page with every metric, made of what programs say of themselves in the text format of Prometheus. */
export function metricsPage(programs: readonly { name: string; text: string }[]): string {
  return [
    '# Metrics',
    '',
    'What the programs tell Prometheus at `/metrics`: participants where they were started with `--metrics-port`,',
    'polyswarmd always. Names end in their unit. Measurements that every Node program has (`process_…`, `nodejs_…`)',
    'come from polyswarmd besides. Alerts to begin with are under [keeping it running](../operators/services.md).',
    'This page is made from the programs.',
    '',
    ...programs.flatMap(({ name, text }) => {
      const helps = [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].filter(([, metric = '']) =>
        metric.startsWith('polyswarm'),
      )
      const kindOf = (metric: string) => new RegExp(`^# TYPE ${metric} (\\w+)$`, 'm').exec(text)?.[1] ?? ''
      const rows = helps.map(([, metric = '', help = '']) => `| \`${metric}\` | ${kindOf(metric)} | ${help} |`)
      return [`## ${name}`, '', '| metric | kind | meaning |', '| --- | --- | --- |', ...rows, '']
    }),
  ].join('\n')
}
