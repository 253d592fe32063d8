import { parseArgs } from 'node:util'
import { type Cell, runCell } from './market/cell.ts'
import { cellText } from './market/cell-text.ts'
import type { RunPlan } from './market/market-run.ts'
import { parseStall } from './market/stall.ts'

/** Artifacts a second that no machine we know of judges: what is judged of them is the capacity. */
const MORE_THAN_FITS = { bountiesPerSecond: 30, artifactsPerSecond: 500 }

/**
 * Artifacts judged a second: a dev market as `npm start` runs it, with five engines. For each `--artifacts` in a bounty its
 * capacity is measured first, unless it is given in bounties a second (`--capacity`); then each `--load`, a multiple of it, is
 * offered for `--seconds` in a market of its own, whatever becomes of it. Then the signed transactions go once more, block by
 * block, into a fresh chain of the same state, as fast as the node takes them, with nobody else there.
 *
 * `--stall KIND` holds something up once, when half of the bounties are posted: `engine`, `keeper`, `polyswarmd` and `chain` stop
 * the program for some seconds (`engine:4` for 4), `core` leaves all programs one processor for some seconds, and with `blocks`
 * each takes five times as long from there on. Reveals lost are told apart: whether who asserted was stopped for more than half
 * of the reveal window.
 *
 * `--floor` has a program listen beside the engines that does only what no engine can do without: its memory is the least.
 *
 * With `--files N` there is one run instead: a directory of so many files, as many bounties at a time as `--in-flight` says.
 * `--json` prints one JSON document; `--keep DIRECTORY` leaves logs and journals there.
 */
export async function marketBenchmark(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      artifacts: { type: 'string', default: '1,16,64,256' },
      load: { type: 'string', default: '0.25,0.5,1,2,4' },
      capacity: { type: 'string' },
      seconds: { type: 'string', default: '40' },
      files: { type: 'string' },
      'in-flight': { type: 'string', default: '16' },
      engines: { type: 'string', default: '5' },
      'block-time': { type: 'string', default: '0.5' },
      'exact-approvals': { type: 'boolean', default: false },
      stall: { type: 'string' },
      floor: { type: 'boolean', default: false },
      keep: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const cells: Cell[] = []
  const run = async (plan: RunPlan, load: number | null): Promise<Cell> => {
    const cell = await runCell(plan, load, values.keep)
    cells.push(cell)
    if (!values.json) process.stdout.write(`${cellText(cell)}\n`)
    return cell
  }
  const market = {
    engines: Number(values.engines),
    blockTime: Number(values['block-time']),
    exactApprovals: values['exact-approvals'],
    floor: values.floor,
    stall: values.stall === undefined ? undefined : parseStall(values.stall),
  }
  for (const artifacts of values.artifacts.split(',').map(Number)) {
    if (values.files !== undefined) {
      const bounties = Math.ceil(Number(values.files) / artifacts)
      await run({ ...market, artifacts, bounties, pace: { inFlight: Number(values['in-flight']) } }, null)
      continue
    }
    const seconds = Number(values.seconds)
    const offer = (perSecond: number): RunPlan => {
      return { ...market, artifacts, bounties: Math.max(Math.round(perSecond * seconds), 1), pace: { perSecond } }
    }
    const most = Math.min(MORE_THAN_FITS.bountiesPerSecond, MORE_THAN_FITS.artifactsPerSecond / artifacts)
    const capacity =
      values.capacity === undefined ? (await run(offer(most), null)).goodput.bountiesPerSecond : Number(values.capacity)
    if (capacity === 0) continue
    for (const load of values.load.split(',').map(Number)) await run(offer(load * capacity), load)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(cells, undefined, 2)}\n`)
}
