import middy, { type MiddlewareObj } from '@middy/core'
import type { Context, ScheduledEvent, SQSEvent } from 'aws-lambda'
import type { LogMessage } from '../profile/log-messages.ts'
import type { Log } from '../profile/ports.ts'

/** How many things of each kind a job did. */
type Counts = Readonly<Record<string, number>>

export type ScheduleHandler<JobCounts> = (event: ScheduledEvent | SQSEvent, context: Context) => Promise<JobCounts>

/** Logs what a finished job did. A job that fails is logged by Lambda with its error. */
const logCounts = (message: LogMessage, log: Log): MiddlewareObj<ScheduledEvent | SQSEvent, Counts> => ({
  after({ response }) {
    log.info(message, response ?? {})
  },
})

/** Handler for schedules, and for messages that ask for a run at once: runs one job, and logs its counts as `finished`. */
export function scheduleHandler<JobCounts extends Counts>(
  job: () => Promise<JobCounts>,
  { finished, log }: { finished: LogMessage; log: Log },
): ScheduleHandler<JobCounts> {
  const handler = middy<ScheduledEvent | SQSEvent, JobCounts>({ timeoutEarlyInMillis: 0 })
    .use(logCounts(finished, log))
    .handler(() => job())
  return (event, context) => handler(event, context)
}
