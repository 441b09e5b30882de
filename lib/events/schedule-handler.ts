import middy from '@middy/core'
import type { Context, ScheduledEvent } from 'aws-lambda'

export type ScheduleHandler<Counts> = (event: ScheduledEvent, context: Context) => Promise<Counts>

/**
 * Handler for schedules: runs one job, and passes on what it did, for the log. A job that fails is logged by Lambda with
 * its error.
 */
export function scheduleHandler<Counts>(
  job: () => Promise<Counts>,
  logFinished: (counts: Counts) => void,
): ScheduleHandler<Counts> {
  const handler = middy<ScheduledEvent, Counts>({ timeoutEarlyInMillis: 0 })
    .use({
      after({ response }) {
        if (response !== null) logFinished(response)
      },
    })
    .handler(() => job())
  return (event, context) => handler(event, context)
}
