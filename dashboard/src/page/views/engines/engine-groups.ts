import type { JudgedAnswer } from './engine-record.js'

/** Some answers. */
export interface AnswerGroup {
  answers: readonly JudgedAnswer[]
  /** How many of them were right. */
  right: number
}

/** Types of files that are told one by one; the others are told together. */
const MOST_TYPES = 12

/** Answers in so many groups of nearly the same size, in their order. */
export function inGroups(answers: readonly JudgedAnswer[], groups: number): AnswerGroup[] {
  const size = Math.ceil(answers.length / groups)
  const parts: AnswerGroup[] = []
  for (let from = 0; from < answers.length; from += size) parts.push(groupOf(answers.slice(from, from + size)))
  return parts
}

/** The same by how much was bid, the least first. */
export function byBid(answers: readonly JudgedAnswer[], groups: number): AnswerGroup[] {
  return inGroups(
    answers.toSorted((a, b) => (a.bid < b.bid ? -1 : a.bid > b.bid ? 1 : 0)),
    groups,
  )
}

/** The same by how sure the engine said it was, the least first. @param confidenceOf null where it did not say. */
export function byConfidence(
  answers: readonly JudgedAnswer[],
  groups: number,
  confidenceOf: (answer: JudgedAnswer) => number | null,
): AnswerGroup[] {
  const sure = answers.filter((answer) => confidenceOf(answer) !== null)
  return inGroups(
    sure.sort((a, b) => (confidenceOf(a) ?? 0) - (confidenceOf(b) ?? 0)),
    groups,
  )
}

/** Answers by a name, the largest group first; the smallest together under `others`. */
export function byType(
  answers: readonly JudgedAnswer[],
  typeOf: (answer: JudgedAnswer) => string,
  others: string,
): [string, AnswerGroup][] {
  const groups = [...Map.groupBy(answers, typeOf)].sort(([, a], [, b]) => b.length - a.length)
  const told = groups.length > MOST_TYPES ? groups.slice(0, MOST_TYPES - 1) : groups
  const rest = groups.slice(told.length).flatMap(([, members]) => members)
  const all = rest.length === 0 ? told : [...told, [others, rest] as const]
  return all.map(([name, members]) => [name, groupOf(members)])
}

function groupOf(answers: readonly JudgedAnswer[]): AnswerGroup {
  return { answers, right: answers.filter(({ right }) => right).length }
}
