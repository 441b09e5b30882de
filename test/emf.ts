import { vi } from 'vitest'
import * as z from 'zod'
import { createMetrics } from '../lib/metrics.ts'
import type { Fields } from '../lib/profile/ports.ts'

/** A line in CloudWatch's embedded metric format, as far as CloudWatch requires it. */
const Emf = z
  .looseObject({
    _aws: z.strictObject({
      Timestamp: z.number().int().positive(),
      CloudWatchMetrics: z
        .array(
          z.strictObject({
            Namespace: z.string().min(1).max(255),
            Dimensions: z.array(z.array(z.string()).max(30)).min(1),
            Metrics: z
              .array(z.strictObject({ Name: z.string().min(1), Unit: z.enum(['Count', 'Seconds', 'Milliseconds']) }))
              .min(1)
              .max(100),
          }),
        )
        .length(1),
    }),
  })
  .superRefine((line, context) => {
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const name of Dimensions.flat()) {
        if (typeof line[name] !== 'string') context.addIssue(`the dimension ${name} has no text`)
      }
      for (const { Name } of Metrics) {
        const values = [line[Name]].flat()
        if (values.length > 100 || values.some((value) => typeof value !== 'number')) {
          context.addIssue(`${Name} is not one to a hundred numbers`)
        }
      }
    }
  })
export type Emf = z.infer<typeof Emf>

export type Line = { message: string; fields?: Fields | undefined }

/** Captures standard output until the returned function is called, which returns the lines. */
export function listen(): () => string[] {
  const chunks: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk))
    return true
  })
  return () => {
    spy.mockRestore()
    return chunks
      .join('')
      .split('\n')
      .filter((line) => line !== '')
  }
}

/** The metrics of log lines, as printed at the end of one invocation. */
export function emfOf(lines: readonly Line[]): Emf[] {
  const heard = listen()
  const metrics = createMetrics({ namespace: 'gateway-test', service: 'gateway' })
  for (const { message, fields } of lines) metrics.observe(message, fields ?? {})
  metrics.publish()
  return heard().map((line) => Emf.parse(JSON.parse(line)))
}

/** All values of a metric in the total over its dimensions, which alarms watch. */
export const totalsOf = (emf: readonly Emf[], metric: string): number[] =>
  emf.flatMap((line) => {
    const [directive] = line._aws.CloudWatchMetrics
    const isTotal = directive?.Dimensions.some((set) => set.length === 1 && set[0] === 'service')
    const values = [line[metric] ?? []].flat()
    return isTotal === true ? values.filter((value) => typeof value === 'number') : []
  })

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
