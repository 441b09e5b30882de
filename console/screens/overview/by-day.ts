import type { ListedRequest } from '../../api/requests.ts'

const dayMs = 24 * 3600 * 1000

export type DayOfOrders = {
  day: string
  requests: number
  succeeded: number
  failed: number
  open: number
  /** The median of the seconds from the order to its final status. Undefined if no request of the day is final. */
  medianSeconds: number | undefined
}

/** The days (UTC) up to today, oldest first. */
export const daysUntilNow = (days: number, now: number): string[] =>
  Array.from({ length: days }, (_, index) => new Date(now - (days - 1 - index) * dayMs).toISOString().slice(0, 10))

const median = (values: readonly number[]): number | undefined =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)]

/** Counts orders and devices by the day of the order. */
export function ordersByDay(requests: readonly ListedRequest[], days: readonly string[]): DayOfOrders[] {
  const grouped = Map.groupBy(requests, ({ createdAt }) => createdAt.slice(0, 10))
  return days.map((day) => {
    const own = grouped.get(day) ?? []
    const sum = (count: (request: ListedRequest) => number) => own.reduce((total, request) => total + count(request), 0)
    const seconds = own.flatMap(({ createdAt, finalAt }) =>
      finalAt === undefined ? [] : [(new Date(finalAt).getTime() - new Date(createdAt).getTime()) / 1000],
    )
    return {
      day,
      requests: own.length,
      succeeded: sum(({ devices }) => devices.succeeded),
      failed: sum(({ devices }) => devices.failed + devices.expired),
      open: sum(({ devices }) => devices.pending + devices.warning),
      medianSeconds: median(seconds),
    }
  })
}
