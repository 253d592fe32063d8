#!/usr/bin/env node
import { startOnSupportedNode } from '@polyswarm/protocol/node-version'

await startOnSupportedNode(() => import('../main.js'), { program: 'polyswarm', status: 2 })
