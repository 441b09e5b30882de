import { Metrics } from '@aws-lambda-powertools/metrics'
import { type MetricRow, metricRows } from './metric-rows.ts'
import type { Fields } from './profile/ports.ts'

const rowsOf: ReadonlyMap<string, readonly MetricRow[]> = Map.groupBy(metricRows, ({ message }) => message)

/** CloudWatch accepts 100 values of one metric in a line. Powertools prints a line on its own at 100, so stay below. */
const mostValues = 99

type Unit = 'Count' | 'Seconds' | 'Milliseconds'
type Group = { dimensions: Record<string, string>; metrics: Map<string, { unit: Unit; values: number[] }> }

export type MetricCollector = {
  /** Adds a log line to the metrics whose rows name its message. */
  observe(message: string, fields: Fields): void
  /** Prints the metrics collected since the last call, one line for each set of dimensions. */
  publish(): void
}

/**
 * Collects the metrics of one invocation and prints them in CloudWatch's embedded metric format. Counts are summed up,
 * so a batch of 50 callbacks prints one line.
 */
export function createMetrics({ namespace, service }: { namespace: string; service: string }): MetricCollector {
  const metrics = new Metrics({ namespace, serviceName: service })
  const groups = new Map<string, Group>()

  const publishGroup = ({ dimensions, metrics: recorded }: Group) => {
    // The empty set of dimensions is the total, which the alarms watch.
    metrics.addDimensions({})
    if (Object.keys(dimensions).length > 0) metrics.addDimensions(dimensions)
    for (const [name, { unit, values }] of recorded) for (const value of values) metrics.addMetric(name, unit, value)
    metrics.publishStoredMetrics()
  }
  const publish = () => {
    for (const group of groups.values()) publishGroup(group)
    groups.clear()
  }
  const collect = (row: MetricRow, fields: Fields) => {
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
      for (const row of rowsOf.get(message) ?? []) collect(row, fields)
    },
    publish,
  }
}

/** The value of a dimension. A text that is no plain word becomes `other`, because it might hold an identifier. */
function wordOf(value: Fields[string]): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' && /^[a-z][a-z_-]{0,39}$/i.test(value) ? value : 'other'
}
