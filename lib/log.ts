import { Logger } from '@aws-lambda-powertools/logger'
import { createMetrics } from './metrics.ts'
import { maskForLog } from './profile/order/mask-for-log.ts'
import type { Fields, Log } from './profile/ports.ts'

export type LogOptions = {
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  service: string
  namespace: string
  /** The share of invocations, 0 to 1, that log every line regardless of the level. */
  sampleRate: number
}

export type MeteredLog = Log & {
  /** Wraps a function's handler and prints the metrics of each invocation, also when it fails. */
  metered<Input extends unknown[], Output>(
    handler: (...input: Input) => Promise<Output>,
  ): (...input: Input) => Promise<Output>
}

/**
 * Creates the log of a container: JSON lines by Powertools, and the metrics derived from them regardless of the level.
 */
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

/** Members of AWS errors that hold whole items of the table, which must not be logged. */
const itemMembers = new Set(['Item', 'Items', 'CancellationReasons', '$response'])

/** Masks identifiers in every text of a line, as a last guard against callers that have not masked them. */
const withoutIdentifiers = (name: string, value: unknown): unknown => {
  if (itemMembers.has(name)) return undefined
  return typeof value === 'string' ? maskForLog(value) : value
}

/** The fields of an error line that metrics can use. */
function plain(fields: Readonly<Record<string, unknown>>): Fields {
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, value] as const]
      : [],
  )
  return Object.fromEntries(texts)
}
