import type { LogMessage } from './profile/log-messages.ts'
import type { Fields } from './profile/ports.ts'

/** A metric that is derived from a log message. */
export type MetricRow = {
  message: LogMessage
  metric: string
  /** Fields that become dimensions. Their values come from small sets of words, never names, numbers or ids. */
  by?: readonly string[]
  /** The field that is measured. Without it, the lines are counted. */
  of?: { field: string; unit: 'Seconds' | 'Milliseconds' | 'Count' }
  /** Limits the row to lines with such fields. */
  when?: (fields: Fields) => boolean
}

const hourSeconds = 3600

/**
 * All metrics. The code only logs; `createMetrics` derives the metrics from the log lines by these rows. Each count can
 * therefore be traced to lines in the log.
 */
export const metricRows: readonly MetricRow[] = [
  // Requests
  { message: 'request recorded', metric: 'RequestsRecorded', by: ['action'] },
  { message: 'request recorded', metric: 'DevicesOrdered', of: { field: 'devices', unit: 'Count' } },
  { message: 'request replayed', metric: 'RequestsReplayed' },
  { message: 'request not recorded', metric: 'RequestsNotRecorded' },
  {
    message: 'account not served',
    metric: 'OrdersNotServed',
    when: ({ outcome }) => outcome === 'refused' || outcome === 'unserved',
  },
  { message: 'account not served', metric: 'OrdersInDoubt', when: ({ outcome }) => outcome === 'in-doubt' },
  { message: 'call refused', metric: 'CallsRefused', by: ['code'] },
  { message: 'request completed', metric: 'RequestsCompleted', by: ['action', 'status'] },
  {
    message: 'request completed',
    metric: 'SecondsToFinal',
    by: ['action'],
    of: { field: 'seconds', unit: 'Seconds' },
  },

  // Attempts
  { message: 'attempt finished', metric: 'Attempts', by: ['outcome', 'cause'] },
  { message: 'attempt finished', metric: 'AttemptsAccepted', when: ({ outcome }) => outcome === 'accepted' },
  { message: 'attempt finished', metric: 'AttemptsNotAccepted', when: ({ outcome }) => outcome === 'not-accepted' },
  {
    message: 'attempt finished',
    metric: 'ThingSpaceMilliseconds',
    of: { field: 'milliseconds', unit: 'Milliseconds' },
  },
  { message: 'outcome of the first attempt not stored', metric: 'OutcomesNotStored' },
  { message: 'outcome found the submission changed', metric: 'OutcomesOvertaken' },
  { message: 'work message not sent', metric: 'WorkMessagesNotSent' },
  { message: 'work messages to parts not sent', metric: 'WorkMessagesNotSent' },
  { message: 'work message overtaken', metric: 'WorkMessagesOvertaken' },
  { message: 'retry decided', metric: 'SubmissionsDecided' },
  { message: 'submission stopped', metric: 'SubmissionsStopped' },

  // Limits of calls to ThingSpace
  { message: 'calls limited', metric: 'CallLimit', of: { field: 'limit', unit: 'Count' } },
  { message: 'calls stopped', metric: 'CallsStopped' },
  { message: 'calls paused', metric: 'CallsPaused', of: { field: 'pauseSeconds', unit: 'Seconds' } },
  { message: 'flow of calls not stored', metric: 'FlowsNotStored' },

  // Callbacks
  { message: 'callback recorded', metric: 'CallbacksRecorded', by: ['verdict', 'outcome'] },
  {
    message: 'callback recorded',
    metric: 'CallbacksFromUnlistedAddresses',
    when: ({ listedAddress }) => listedAddress === false,
  },
  { message: 'callback quarantined', metric: 'CallbacksQuarantined', by: ['reason'] },
  { message: 'callback counted and not kept', metric: 'CallbacksNotKept', by: ['reason'] },
  { message: 'orphan adopted', metric: 'OrphansAdopted' },
  // The sweep checks an orphan whenever its age has doubled, so exactly one check falls between one and two hours.
  {
    message: 'orphan kept',
    metric: 'OrphansUnclaimed',
    when: ({ ageSeconds }) =>
      typeof ageSeconds === 'number' && ageSeconds >= hourSeconds && ageSeconds < 2 * hourSeconds,
  },
  { message: 'result reconciled', metric: 'ResultsReconciled' },

  // The sweep, queues and the stream
  { message: 'submission swept', metric: 'SubmissionsSwept', by: ['from', 'to'] },
  {
    message: 'sweep finished',
    metric: 'DecisionsWaiting',
    of: { field: 'awaitingDecision', unit: 'Count' },
  },
  { message: 'sweep finished', metric: 'SweepLagSeconds', of: { field: 'lagSeconds', unit: 'Seconds' } },
  { message: 'due item failed', metric: 'SweepFailures' },
  { message: 'message failed', metric: 'MessagesFailed' },
  { message: 'message set aside', metric: 'MessagesSetAside' },
  { message: 'change not projected', metric: 'ChangesFailed' },
  { message: 'change set aside', metric: 'ChangesSetAside' },

  // Audit
  { message: 'audit entry not stored', metric: 'AuditNotStored' },
  { message: 'audit outcome not stored', metric: 'AuditNotStored' },

  // Credentials and callback registrations
  { message: 'thingspace credentials renewed', metric: 'CredentialsRenewed' },
  { message: 'thingspace credentials not renewed', metric: 'CredentialsNotRenewed', by: ['cause'] },
  {
    message: 'thingspace credentials not renewed',
    metric: 'LoginFailures',
    when: ({ loginFailed }) => loginFailed === true,
  },
  { message: 'thingspace credentials failed', metric: 'CredentialsNotRenewed', by: ['cause'] },
  { message: 'thingspace login latch has closed', metric: 'LoginLatchClosed' },
  { message: 'thingspace login latch is closed', metric: 'LoginLatchClosed' },
  {
    message: 'listener drifted',
    metric: 'ListenersDrifted',
    by: ['state'],
    when: ({ state }) => state !== 'not-known',
  },
  { message: 'listener drifted', metric: 'ListenersNotKnown', when: ({ state }) => state === 'not-known' },
  { message: 'listener kept', metric: 'ListenersRepaired', when: ({ state }) => state === 'repaired' },
]
