import type { Fields } from './profile/ports.ts'

/** A metric that a log line stands for. */
export type MetricRow = {
  message: string
  metric: string
  /** Fields that become dimensions: words from small vocabularies of ours, never names, numbers or ids. */
  by?: readonly string[]
  /** The field that is measured. Without it lines are counted. */
  of?: { field: string; unit: 'Seconds' | 'Milliseconds' | 'Count' }
  /** Which of the lines count. */
  when?: (fields: Fields) => boolean
}

const hour = 3600

/**
 * Everything that is counted, in one place: code logs what it decided, and this says which of it is a metric. So nothing
 * is counted twice, and nothing is counted that cannot be found in the log.
 */
export const metricRows: readonly MetricRow[] = [
  // Requests
  { message: 'request recorded', metric: 'RequestsRecorded', by: ['action'] },
  { message: 'request recorded', metric: 'DevicesOrdered', of: { field: 'devices', unit: 'Count' } },
  { message: 'request replayed', metric: 'RequestsReplayed' },
  { message: 'request not recorded', metric: 'RequestsNotRecorded' },
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
    message: 'thingspace submission finished',
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
  // An orphan is looked at when it is as old again, so exactly one look falls between one hour and two.
  {
    message: 'orphan kept',
    metric: 'OrphansUnclaimed',
    when: ({ ageSeconds }) => typeof ageSeconds === 'number' && ageSeconds >= hour && ageSeconds < 2 * hour,
  },
  { message: 'result reconciled', metric: 'ResultsReconciled' },

  // What goes on behind
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

  // Callback endpoint
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
