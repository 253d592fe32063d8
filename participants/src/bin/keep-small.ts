import { setFlagsFromString } from 'node:v8'

/** Milliseconds between two looks at how much a program computes. */
const EVERY = 5_000
/** Share of a core from which on a program is one that computes. */
const BUSY = 0.5

/** Flags of V8: for a program that mostly waits, and what is undone for one that computes. */
const SMALL = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=40',
  '--invocation-count-for-maglev=2500',
  '--no-turbofan',
  '--memory-saver-mode',
  '--incremental-marking-hard-trigger=30',
  // What is compiled meanwhile counts its calls all the same, for when there is TurboFan.
  '--force-emit-interrupt-budget-checks',
]
const FAST = ['--turbofan', '--no-memory-saver-mode', '--incremental-marking-hard-trigger=0']

/**
 * Keeps a program small. V8 makes the part of the heap in which objects begin larger each time that much of it survives, as
 * it does while a program is loaded, and never smaller while there is work: a participant lets it be 48 MB and gains nothing
 * by it. What became old may, by chance, grow to twice of what is in use before V8 looks; here it grows by two fifths. That
 * is 16 MB at least, 9 with V8's memory saver, and more while V8 is looking: it begins after three tenths of the way.
 *
 * Maglev, the second of V8's compilers, takes on whatever ran for a moment, hundreds of functions of a participant, and
 * needs megabytes for a large one, which the allocator keeps. Here it takes on what goes on running. TurboFan, the third,
 * needs more for each, and is itself 6 MB of code: a participant, who mostly waits, gets it once it has computed for half of
 * some seconds, and no memory is saved at the cost of its time any more.
 *
 * @param every - milliseconds between two looks at how much the program computes.
 */
export function keepSmall({ every = EVERY } = {}): void {
  SMALL.forEach(setFlagsFromString)
  let before = looked()
  const timer = setInterval(() => {
    const now = looked()
    if (now.used - before.used > BUSY * (now.at - before.at)) {
      FAST.forEach(setFlagsFromString)
      clearInterval(timer)
    }
    before = now
  }, every)
  timer.unref()
}

/** Milliseconds: of processor time that all threads have used, and of a clock. */
function looked(): { used: number; at: number } {
  const { user, system } = process.cpuUsage()
  return { used: (user + system) / 1_000, at: performance.now() }
}
