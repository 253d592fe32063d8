#!/usr/bin/env node
import { startOnSupportedNode } from '@polyswarm/protocol/node-version'

await startOnSupportedNode(() => import('../daemon-program.js'), { program: 'polyswarmd' })
