#!/usr/bin/env node
import { startParticipant } from '@polyswarm/participants/start-participant'

await startParticipant(() => import('../programs/consumer.js'))
