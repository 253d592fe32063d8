import type { Command } from 'commander'
import { listOption, option, wholeNumber } from './participant-options.js'

/** Adds the options by which a program that takes no part in a market itself is watched: its log and its metrics. */
export function addObservationOptions(command: Command): void {
  command
    .addOption(option('--log <level>', 'how much to tell', 'LOG_LEVEL').default('info'))
    .addOption(
      option('--log-format <format>', 'lines for people or for programs', 'LOG_FORMAT')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(
      option('--metrics-port <port>', 'serve Prometheus metrics at /metrics', 'METRICS_PORT').argParser(wholeNumber),
    )
    .addOption(option('--metrics-host <address>', 'where metrics are served', 'METRICS_HOST').default('127.0.0.1'))
    .addOption(listOption('--metrics-allowed-hosts <name...>', 'see the engine', 'METRICS_ALLOWED_HOSTS', []))
}
