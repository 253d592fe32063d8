#!/usr/bin/env node
import { startOnSupportedNode } from '@polyswarm/participants/node-version'

await startOnSupportedNode(() => import('../programs/consumer.js'))
