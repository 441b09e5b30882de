import { Logger } from '@aws-lambda-powertools/logger'
import { createMetrics } from './metrics.ts'
import { maskForLog } from './profile/order/mask-for-log.ts'
import type { Fields, Log } from './profile/ports.ts'

export type LogOptions = {
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  service: string
  namespace: string
  /** The share of invocations, 0 to 1, that log everything whatever the level. */
  sampleRate: number
}

export type MeteredLog = Log & {
  /** Around a function's handler: prints what its lines were counted as, also when it fails. */
  metered<Input extends unknown[], Output>(
    handler: (...input: Input) => Promise<Output>,
  ): (...input: Input) => Promise<Output>
}

/** Structured JSON lines by Powertools, and the metrics they stand for, whatever the level. Made once per container. */
export function createLog({ level, service, namespace, sampleRate }: LogOptions): MeteredLog {
  const logger = new Logger({
    logLevel: level,
    serviceName: service,
    sampleRateValue: sampleRate,
    jsonReplacerFn: withoutIdentifiers,
  })
  const metrics = createMetrics({ namespace, service })
  return {
    info(message, fields = {}) {
      metrics.observe(message, fields)
      logger.info(message, { ...fields })
    },
    warn(message, fields = {}) {
      metrics.observe(message, fields)
      logger.warn(message, { ...fields })
    },
    error(message, { error, ...fields } = {}) {
      metrics.observe(message, plain(fields))
      if (error instanceof Error) logger.error(message, { ...fields, error })
      else logger.error(message, fields)
    },
    metered:
      (handler) =>
      async (...input) => {
        logger.refreshSampleRateCalculation()
        try {
          return await handler(...input)
        } finally {
          metrics.publish()
        }
      },
  }
}

/** Members of AWS's errors that hold whole items of the table. */
const itemMembers = new Set(['Item', 'Items', 'CancellationReasons', '$response'])

/** Last guard over each line: identifiers in any text of it are masked, whoever wrote it. */
const withoutIdentifiers = (name: string, value: unknown): unknown => {
  if (itemMembers.has(name)) return undefined
  return typeof value === 'string' ? maskForLog(value) : value
}

/** What of an error's fields a metric may be made of. */
function plain(fields: Readonly<Record<string, unknown>>): Fields {
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, value] as const]
      : [],
  )
  return Object.fromEntries(texts)
}
