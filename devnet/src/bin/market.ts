#!/usr/bin/env node
import { startOnSupportedNode } from '@polyswarm/protocol/node-version'

await startOnSupportedNode(() => import('../market-command.js'), { program: 'A market' })
