import { notMet } from './not-met.ts'
import type { Ran } from './run-all.ts'

/** Compares the goals of all storms with those that are known not to be met. */
export function judge(
  ran: readonly Ran[],
  { isComplete }: { isComplete: boolean },
): { lines: string[]; isGood: boolean } {
  const targets = ran.flatMap(({ findings }) => findings.targets)
  const missed = targets.filter(({ isReached }) => !isReached)
  const news = missed.filter(({ name }) => notMet[name] === undefined)
  const known = missed.filter(({ name }) => notMet[name] !== undefined)
  const met = targets.filter(({ name, isReached }) => isReached && notMet[name] !== undefined)
  const gone = isComplete ? Object.keys(notMet).filter((name) => !targets.some((target) => target.name === name)) : []
  const lines = [
    '',
    `${targets.length - missed.length} of ${targets.length} goals are met.`,
    ...known.map(({ name, wanted, measured }) => `known not to be met: ${name}: ${measured} instead of ${wanted}`),
    ...met.map(({ name }) => `is met now, so it can leave test/storms/not-met.ts: ${name}`),
    ...gone.map((name) => `is no goal any more, so it must leave test/storms/not-met.ts: ${name}`),
    ...news.map(({ name, wanted, measured }) => `NOT MET: ${name}: ${measured} instead of ${wanted}`),
  ]
  return { lines, isGood: news.length === 0 && gone.length === 0 }
}
