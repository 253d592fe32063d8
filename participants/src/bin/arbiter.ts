#!/usr/bin/env node
import { startParticipant } from './start-participant.js'

await startParticipant(() => import('../programs/arbiter.js'))
