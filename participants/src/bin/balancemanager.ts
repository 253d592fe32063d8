#!/usr/bin/env node
import { startOnSupportedNode } from './node-version.js'

await startOnSupportedNode(() => import('../programs/balancemanager.js'))
