#!/usr/bin/env node
import { startOnSupportedNode } from '@polyswarm/protocol/node-version'

await startOnSupportedNode(() => import('../page-program.js'), { program: 'polyswarm-page' })
