import type { GeneratedEngine, GeneratedMarket, Skill } from './generated-market.ts'

/** When engines turn bad. */
const TURN = 200

const FILE_TYPES = ['pe', 'pdf', 'script'] as const

/** Between what sensitivity and specificity are drawn. */
type Ranges = readonly [sensitivity: readonly [number, number], specificity: readonly [number, number]]

const USUAL: Ranges = [
  [0.45, 0.9],
  [0.8, 0.97],
]
const WEAK: Ranges = [
  [0.45, 0.75],
  [0.8, 0.92],
]
const CAREFUL: Ranges = [
  [0.45, 0.9],
  [0.95, 0.995],
]
/** What engines are like that turned bad. */
const AFTERWARDS: Skill = { sensitivity: 0.3, specificity: 0.6 }
/** What a specialist is like on its kind of file, and on others. */
const EXPERT: Skill = { sensitivity: 0.9, specificity: 0.95 }
const LAY: Skill = { sensitivity: 0.55, specificity: 0.7 }

/** The markets of the benchmark, drawn anew for each seed: who is how good differs, what is going on does not. */
export function scoreSettings(random: () => number): GeneratedMarket[] {
  const between = (low: number, high: number): number => low + (high - low) * random()
  const drawn = ([sensitivity, specificity]: Ranges): Skill => ({
    sensitivity: between(...sensitivity),
    specificity: between(...specificity),
  })
  const engine = (name: string, own: Skill, ranges: Ranges = USUAL): GeneratedEngine => ({
    name,
    skill: () => own,
    drawnFrom: () => ratesIn(ranges),
  })
  const several = (count: number, prefix: string, ranges: Ranges): GeneratedEngine[] =>
    Array.from({ length: count }, (_, index) => engine(`${prefix}${index}`, drawn(ranges), ranges))
  const market = (name: string, engines: GeneratedEngine[], rest: Partial<GeneratedMarket> = {}): GeneratedMarket => ({
    name,
    malicious: 0.3,
    fileTypes: FILE_TYPES,
    engines,
    bonds: [],
    learnedBy: {},
    ...rest,
  })
  const copies = (prefix: string): { engines: GeneratedEngine[]; bond: GeneratedMarket['bonds'][number] } => {
    const engines = several(4, prefix, WEAK)
    return {
      engines,
      bond: { kind: 'copying', source: drawn(WEAK), members: engines.map((one) => ({ engine: one, share: 0.8 })) },
    }
  }
  const [firstCopies, secondCopies] = [copies('x'), copies('y')]
  const leading = { sensitivity: 0.75, specificity: 0.92 }
  const followers = several(7, 'follower', WEAK)
  const leader = engine('leader', leading)
  const colluders = several(5, 'colluder', USUAL)
  const turning = ({ name, skill, drawnFrom }: GeneratedEngine): GeneratedEngine => ({
    name,
    skill: (fileType, at) => (at < TURN ? skill(fileType, at) : AFTERWARDS),
    drawnFrom: (at) =>
      at < TURN ? drawnFrom(at) : { sensitivity: [AFTERWARDS.sensitivity], specificity: [AFTERWARDS.specificity] },
  })
  const specialist = (index: number): GeneratedEngine => ({
    name: `specialist${index}`,
    skill: (fileType) => (fileType === FILE_TYPES[index % 3] ? EXPERT : LAY),
    drawnFrom: () => ({
      sensitivity: [EXPERT, LAY, LAY].map(({ sensitivity }) => sensitivity),
      specificity: [EXPERT, LAY, LAY].map(({ specificity }) => specificity),
    }),
  })
  return [
    market('independent', several(10, 'e', USUAL)),
    market('copies', [...several(4, 'e', USUAL), ...firstCopies.engines, ...secondCopies.engines], {
      bonds: [firstCopies.bond, secondCopies.bond],
    }),
    market('leader', [...several(4, 'e', USUAL), leader, ...followers], {
      bonds: [
        {
          kind: 'copying',
          source: leading,
          members: [{ engine: leader, share: 1 }, ...followers.map((one) => ({ engine: one, share: 0.85 }))],
        },
      ],
    }),
    market(
      'specialists',
      Array.from({ length: 9 }, (_, index) => specialist(index)),
      { learnedBy: { fileType: true } },
    ),
    market('turncoats', [...several(6, 'e', USUAL), ...several(4, 'turncoat', USUAL).map(turning)], {
      learnedBy: { turn: TURN },
    }),
    market('colluders', [...several(7, 'e', USUAL), ...colluders], {
      bonds: [{ kind: 'colluding', share: 0.3, members: colluders.map((one) => ({ engine: one })) }],
    }),
    market('1 % malicious', several(10, 'e', CAREFUL), { malicious: 0.01 }),
    market('50 % malicious', several(10, 'e', USUAL), { malicious: 0.5 }),
  ]
}

/** Sixty rates from a range to weigh: enough to be as good as all. */
function ratesIn([sensitivity, specificity]: Ranges): ReturnType<GeneratedEngine['drawnFrom']> {
  const within = ([low, high]: readonly [number, number]): number[] =>
    Array.from({ length: 60 }, (_, at) => low + ((high - low) * (at + 0.5)) / 60)
  return { sensitivity: within(sensitivity), specificity: within(specificity) }
}
