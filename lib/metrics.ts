import { Metrics } from '@aws-lambda-powertools/metrics'
import { type MetricRow, metricRows } from './metric-rows.ts'
import type { Fields } from './profile/ports.ts'

const rowsOf = Map.groupBy(metricRows, ({ message }) => message)

/** CloudWatch takes 100 values of one metric in one line; Powertools prints a line by itself when it has 100. */
const mostValues = 99

type Unit = 'Count' | 'Seconds' | 'Milliseconds'
type Group = { dimensions: Record<string, string>; metrics: Map<string, { unit: Unit; values: number[] }> }

export type MetricCollector = {
  /** Notes what a log line stands for, if it stands for anything. */
  observe(message: string, fields: Fields): void
  /** Prints what was recorded since the last time: one line for each set of dimensions. */
  publish(): void
}

/**
 * Collects the metrics of one invocation and prints them in CloudWatch's embedded metric format. Counting is adding to a
 * number, so a batch of 50 callbacks is one line and not 50.
 */
export function createMetrics({ namespace, service }: { namespace: string; service: string }): MetricCollector {
  const metrics = new Metrics({ namespace, serviceName: service })
  const groups = new Map<string, Group>()

  const publishGroup = ({ dimensions, metrics: recorded }: Group) => {
    // The empty set is the total, which alarms watch.
    metrics.addDimensions({})
    if (Object.keys(dimensions).length > 0) metrics.addDimensions(dimensions)
    for (const [name, { unit, values }] of recorded) for (const value of values) metrics.addMetric(name, unit, value)
    metrics.publishStoredMetrics()
  }
  const publish = () => {
    for (const group of groups.values()) publishGroup(group)
    groups.clear()
  }
  const note = (row: MetricRow, fields: Fields) => {
    const value = row.of === undefined ? 1 : fields[row.of.field]
    if (typeof value !== 'number' || !Number.isFinite(value) || row.when?.(fields) === false) return
    const dimensions = Object.fromEntries((row.by ?? []).map((name) => [name, wordOf(fields[name])]))
    const key = JSON.stringify(dimensions)
    const group = groups.get(key) ?? { dimensions, metrics: new Map() }
    groups.set(key, group)
    const recorded = group.metrics.get(row.metric) ?? { unit: row.of?.unit ?? 'Count', values: [] }
    group.metrics.set(row.metric, recorded)
    if (row.of === undefined) recorded.values = [(recorded.values[0] ?? 0) + 1]
    else recorded.values.push(value)
    if (recorded.values.length >= mostValues) publish()
  }

  return {
    observe(message, fields) {
      for (const row of rowsOf.get(message) ?? []) note(row, fields)
    },
    publish,
  }
}

/** A dimension's value: a word. What has a digit might be somebody's identifier, and is not told. */
function wordOf(value: Fields[string]): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' && /^[a-z][a-z_-]{0,39}$/i.test(value) ? value : 'other'
}
