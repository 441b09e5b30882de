import { Logger } from '@aws-lambda-powertools/logger'
import type { Log } from './profile/ports.ts'

/** Structured JSON lines by Powertools; made once per container. */
export function createLog({ level, service }: { level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'; service: string }): Log {
  const logger = new Logger({ logLevel: level, serviceName: service })
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, { error, ...fields } = {}) =>
      error instanceof Error ? logger.error(message, { ...fields, error }) : logger.error(message, fields),
  }
}
