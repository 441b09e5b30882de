import * as z from 'zod'
import { metricRows } from '../../lib/metric-rows.ts'

const Line = z.array(z.unknown()).transform(([first, second]) => ({ first, second }))
const Body = z.object({
  widgets: z.array(z.object({ properties: z.object({ metrics: z.array(Line).default([]) }) })),
})

const namespace = 'thingspace-profile-gateway-dev'
const known = new Set(metricRows.map(({ metric, by = [] }) => `${metric} by ${['service', ...by].join()}`))
const totals = new Set(metricRows.map(({ metric }) => metric))

/** The contents of a dashboard's body, which is a text with references and their own values. */
export function readDashboard(written: unknown): { references: string[]; unknownMetrics: string[]; widgets: number } {
  const {
    'Fn::Sub': [text, own],
  } = z.object({ 'Fn::Sub': z.tuple([z.string(), z.record(z.string(), z.unknown())]) }).parse(written)
  const references = [...text.matchAll(/\$\{(\w+)(?:\.\w+)?\}/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !Object.hasOwn(own, name))
  const { widgets } = Body.parse(JSON.parse(text.replaceAll(/\$\{[^}]+\}/g, 'reference')))
  return {
    references: [...new Set(references)],
    unknownMetrics: widgets.flatMap(({ properties }) => unknownIn(properties.metrics)),
    widgets: widgets.length,
  }
}

/** Custom metrics in a widget that the code does not have. "." and "..." repeat values of the line before. */
function unknownIn(lines: z.infer<typeof Line>[]): string[] {
  const unknown: string[] = []
  let current: unknown
  for (const { first, second } of lines) {
    const search = z.object({ expression: z.string() }).safeParse(first).data?.expression
    if (search !== undefined) {
      const [, dimensions, metric] = /^SEARCH\('\{"thingspace-[\w-]+",([\w,]+)\} MetricName="(\w+)"/.exec(search) ?? []
      if (metric !== undefined && !known.has(`${metric} by ${dimensions}`)) unknown.push(`${metric} by ${dimensions}`)
      if (metric === undefined && search.includes(namespace))
        unknown.push(...(search.includes('AWS/Lambda') ? [] : [search]))
      continue
    }
    if (first === '...') continue
    if (first !== '.') current = first
    if (current === namespace && typeof second === 'string' && !totals.has(second)) unknown.push(second)
  }
  return unknown
}
