import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { familyVote } from './family.ts'

describe('familyVote', () => {
  it.each([
    [['EICAR-Test-File', 'Eicar-Test-Signature', 'Win.Test.EICAR_HDB-1', 'EICAR'], 'EICAR', 4],
    [['Trojan:Win32/Emotet.A!ml', 'W32.Heodo.gen', 'Trojan.Agent.DEAD'], 'Emotet', 2],
    [['Worm.Win32.Kido.ih', 'W32.Downadup.B', 'Net-Worm/Conficker'], 'Conficker', 3],
    [['Ransom.WannaCrypt', 'Ransom_WCRY.SMALY', 'Trojan-Ransom.Win32.Wanna.zbu'], 'WannaCry', 3],
    [['Backdoor.Linux.Mirai.b', 'ELF:Mirai-AT [Trj]', 'Generic.Malware'], 'Mirai', 2],
    [['Trojan.Somenew.A', 'W32/SomeNew!tr', 'somenew'], 'Somenew', 3],
  ])('makes one name of %j', (labels, name, votes) => {
    expect(familyVote(labels)).toMatchObject({ name })
    expect(familyVote(labels).votes[0]).toEqual({ name, votes })
  })

  it('has no name where nobody names a family', () => {
    const generic = [
      '',
      'Trojan.Generic.12345',
      'HEUR:Trojan.Win32.Generic',
      'Malware.AI.4033',
      'a3f9c2d1e8b7',
      'win32/gen2',
    ]
    expect(familyVote(generic)).toEqual({ name: null, votes: [] })
  })

  it('counts an engine once for a family, however often and under how many names it says it', () => {
    expect(familyVote(['Zeus zeus ZBOT Zeus', 'Emotet', 'Geodo'])).toEqual({
      name: 'Emotet',
      votes: [
        { name: 'Emotet', votes: 2 },
        { name: 'Zeus', votes: 1 },
      ],
    })
  })

  it('shows nothing but letters and digits, and no more than sixteen names, whatever engines write', () => {
    const label = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('__proto__', 'constructor\u202e'),
    )
    fc.assert(
      fc.property(fc.array(label, { maxLength: 60 }), (labels) => {
        const { name, votes } = familyVote(labels)
        expect(votes.length).toBeLessThanOrEqual(16)
        for (const vote of votes) expect(vote.name).toMatch(/^[A-Za-z0-9]+$/)
        for (const vote of votes) expect(vote.votes).toBeLessThanOrEqual(labels.length)
        expect(name).toBe(votes[0]?.name ?? null)
      }),
    )
  })
})
