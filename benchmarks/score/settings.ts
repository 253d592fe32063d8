import type { GeneratedEngine, GeneratedMarket, Skill } from './generated-market.ts'

/** When engines turn bad. */
const TURN = 200

const FILE_TYPES = ['pe', 'pdf', 'script'] as const

/** The markets of the benchmark, drawn anew for each seed: who is how good differs, what is going on does not. */
export function scoreSettings(random: () => number): GeneratedMarket[] {
  const between = (low: number, high: number): number => low + (high - low) * random()
  const skill = (): Skill => ({ sensitivity: between(0.45, 0.9), specificity: between(0.8, 0.97) })
  const weak = (): Skill => ({ sensitivity: between(0.45, 0.75), specificity: between(0.8, 0.92) })
  const engine = (name: string, own: Skill): GeneratedEngine => ({ name, skill: () => own })
  const several = (count: number, prefix: string, make: () => Skill): GeneratedEngine[] =>
    Array.from({ length: count }, (_, index) => engine(`${prefix}${index}`, make()))
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
    const engines = several(4, prefix, weak)
    return {
      engines,
      bond: { kind: 'copying', source: weak(), members: engines.map((one) => ({ engine: one, share: 0.8 })) },
    }
  }
  const [firstCopies, secondCopies] = [copies('x'), copies('y')]
  const leading = { sensitivity: 0.75, specificity: 0.92 }
  const followers = several(7, 'follower', weak)
  const leader = engine('leader', leading)
  const colluders = several(5, 'colluder', skill)
  const turning = (before: Skill): GeneratedEngine['skill'] => {
    const after = { sensitivity: 0.3, specificity: 0.6 }
    return (_, at) => (at < TURN ? before : after)
  }
  const specialist = (index: number): GeneratedEngine => ({
    name: `specialist${index}`,
    skill: (fileType) =>
      fileType === FILE_TYPES[index % 3]
        ? { sensitivity: 0.9, specificity: 0.95 }
        : { sensitivity: 0.55, specificity: 0.7 },
  })
  const careful = (): Skill => ({ sensitivity: between(0.45, 0.9), specificity: between(0.95, 0.995) })
  return [
    market('independent', several(10, 'e', skill)),
    market('copies', [...several(4, 'e', skill), ...firstCopies.engines, ...secondCopies.engines], {
      bonds: [firstCopies.bond, secondCopies.bond],
    }),
    market('leader', [...several(4, 'e', skill), leader, ...followers], {
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
    market(
      'turncoats',
      [
        ...several(6, 'e', skill),
        ...several(4, 'turncoat', skill).map(({ name, skill: before }) => ({ name, skill: turning(before('', 0)) })),
      ],
      { learnedBy: { turn: TURN } },
    ),
    market('colluders', [...several(7, 'e', skill), ...colluders], {
      bonds: [{ kind: 'colluding', share: 0.3, members: colluders.map((one) => ({ engine: one })) }],
    }),
    market('1 % malicious', several(10, 'e', careful), { malicious: 0.01 }),
    market('50 % malicious', several(10, 'e', skill), { malicious: 0.5 }),
  ]
}
