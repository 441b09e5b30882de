/** A plausible bug: a text of the real code and what stands in its place. The search text must be found exactly once. */
export type Mutant = {
  name: string
  file: string
  from: string
  to: string
  /** Where it is looked for first. */
  worlds?: readonly string[]
}

const states = 'lib/profile/submission-states.ts'
const submissions = 'lib/store/submissions.ts'
const adopt = 'lib/profile/adopt-orphan.ts'
const forward = 'lib/profile/forward-submission.ts'
const rotate = 'lib/profile/rotate-listener.ts'
const follow = 'lib/profile/follow-pointer.ts'

export const mutants: readonly Mutant[] = [
  {
    name: 'no fence',
    file: submissions,
    from: "ConditionExpression: 'revision = :seen'",
    to: "ConditionExpression: 'attribute_exists(pk) OR revision = :seen'",
    worlds: ['enable twice', 'download queued', 'cancel and retry race'],
  },
  {
    name: 'no lease',
    file: states,
    from: 'const leaseUntil = now + settings.leaseSeconds * inMilliseconds',
    to: 'const leaseUntil = now',
    worlds: ['throttled', 'download queued', 'several requests', 'bulk with bisection'],
  },
  {
    name: 'an attempt is never due',
    file: states,
    from: "{ state: 'submitting', leaseUntil, dueAt: leaseUntil }",
    to: "{ state: 'submitting', leaseUntil }",
  },
  {
    name: 'blind retry after an unknown outcome',
    file: states,
    from: "return enter(noted, { state: 'unconfirmed', ...plan }, now)",
    to: 'return waitUntil(noted, plan.dueAt, circumstances, outcome.error)',
  },
  {
    name: 'doubt forgotten on a later refusal',
    file: states,
    from: 'return isInDoubt(submission)\n    ? awaitDecision(submission, error, moment)\n    : enter',
    to: 'return enter',
    worlds: ['refused later'],
  },
  {
    name: 'a submission in doubt is split',
    file: states,
    from: '  submission.deviceCount > 1 &&\n  !isInDoubt(withoutAttempt(submission))',
    to: '  submission.deviceCount > 1',
    worlds: ['refused later'],
  },
  {
    name: 'bisection sends again what was accepted',
    file: states,
    from: "  outcome.kind === 'refused' &&\n  outcome.mayBlameOneDevice === true &&",
    to: "  (outcome.kind === 'unknown' || (outcome.kind === 'refused' && outcome.mayBlameOneDevice === true)) &&",
    worlds: ['delete unruly'],
  },
  {
    name: 'cancelling forgets the doubt',
    file: states,
    from: '  isInDoubt(submission)\n    ? awaitDecision(submission, submission.error, moment)\n    : enter',
    to: '  enter',
    worlds: ['cancel in doubt'],
  },
  {
    name: 'rank dropped',
    file: 'lib/store/results.ts',
    from: "'attribute_not_exists(pk) OR (#rank < :rank AND NOT contains(digests, :digest))'",
    to: "'attribute_not_exists(pk) OR ((#rank < :rank OR #rank >= :rank) AND NOT contains(digests, :digest))'",
    worlds: ['delete unruly'],
  },
  {
    name: 'acknowledged before it is written',
    file: 'functions/record-callbacks.ts',
    from: 'await recordCallback(readReceivedCallback(record), dependencies, inTurn)',
    to: 'void recordCallback(readReceivedCallback(record), dependencies, inTurn).catch(() => undefined)',
  },
  {
    name: 'no map from the upstream request id',
    file: forward,
    from: '? await store.saveAccepted(next, seen, outcome.upstreamRequestId, accountName)',
    to: '? await store.saveSubmission(next, seen)',
    worlds: ['enable once', 'delete unruly'],
  },
  {
    name: 'adoption without uniqueness',
    file: adopt,
    from: 'inDoubt.length > 1 ||',
    to: 'inDoubt.length > 99 ||',
    worlds: ['one device, many requests'],
  },
  {
    name: 'adoption ignores what is being sent',
    file: adopt,
    from: ' || underWay.length > 0',
    to: '',
    worlds: ['one device, many requests'],
  },
  {
    name: 'adoption ignores the account',
    file: adopt,
    from: 'if (pointer.accountName !== accountName) continue',
    to: '',
    worlds: ['several requests'],
  },
  {
    name: 'adoption ignores the time',
    file: 'lib/profile/attempt-history.ts',
    from: "outcome === 'unknown' && startedAt <= begunBy",
    to: "outcome === 'unknown' && startedAt <= begunBy + 1e12",
    worlds: ['download after a stranger'],
  },
  {
    name: 'no pointers from devices before the POST',
    file: forward,
    from: '(begun.splitFrom !== undefined || gotPast)) return true',
    to: '(begun.splitFrom !== undefined || !gotPast)) return true',
  },
  {
    name: 'fold without the manifest',
    file: 'lib/profile/settle-request.ts',
    from: 'const devices = unsettled.length === 0 ? [] : await',
    to: 'const devices = unsettled.length >= 0 ? [] : await',
  },
  {
    name: 'digest with callbackCount',
    file: 'lib/thingspace/callback-tree.ts',
    from: "new Set(['callbackcount', 'maxcallbackthreshold'])",
    to: "new Set(['maxcallbackthreshold'])",
    worlds: ['delete unruly', 'enable twice'],
  },
  {
    name: 'an orphan is never due',
    file: 'lib/store/orphans.ts',
    from: '              dueBucket: dueBucketOf(upstreamRequestId),\n',
    to: '',
  },
  {
    name: 'a worker does not see the cancellation',
    file: follow,
    from: '  const now = clock()\n  if (request.cancelledAt !== undefined) {',
    to: '  const now = clock()\n  if (request.cancelledAt === -1) {',
    worlds: ['cancel and retry race'],
  },
  {
    name: 'another body under one key is answered',
    file: 'lib/profile/accept-request.ts',
    from: 'if (existing.fingerprint !== wanted.fingerprint) return',
    to: 'if (existing.fingerprint === "") return',
    worlds: ['enable twice'],
  },
  {
    name: 'folds overwrite each other',
    file: 'lib/store/requests.ts',
    from: "ConditionExpression: 'version = :version'",
    to: "ConditionExpression: 'version = :version OR version <> :version'",
  },
  {
    name: 'a message fails and is deleted',
    file: 'lib/events/queue-handler.ts',
    from: 'return { batchItemFailures }\n',
    to: 'return { batchItemFailures: [] }\n',
  },
  {
    name: 'events only once, before they are sent',
    file: 'lib/profile/project-changes.ts',
    from: 'failedFrom = Math.min(failedFrom, index)',
    to: 'failedFrom = Math.min(failedFrom, records.length)',
  },
  {
    name: 'dead letters are not noted',
    file: 'lib/events/queue-handler.ts',
    from: 'await lastFailure.note(record)',
    to: 'await Promise.resolve()',
    worlds: ['set aside'],
  },
  {
    name: 'a rotation forgets the password before it',
    file: rotate,
    from: 'previous: current, rotatedAt: now',
    to: 'rotatedAt: now',
    worlds: ['password rotation'],
  },
  {
    name: 'a new password is registered at once',
    file: rotate,
    from: 'now < rotatedAt + learnedMilliseconds',
    to: 'now < rotatedAt',
    worlds: ['password rotation'],
  },
  {
    name: 'a new password is never registered',
    file: rotate,
    from: 'now < rotatedAt + learnedMilliseconds',
    to: 'now >= rotatedAt',
    worlds: ['password rotation'],
  },
  {
    name: 'what newer code wrote is refused although it can be read',
    file: 'lib/store/items.ts',
    from: 'if (parsed.success) return parsed.data',
    to: "if (parsed.success && Number(item['itemVersion'] ?? 1) <= itemVersion) return parsed.data",
    worlds: ['deployment taken back'],
  },
  {
    name: 'settings divide a request that was divided otherwise',
    file: follow,
    from: 'plannedSubmissions(request, part',
    to: 'plannedSubmissions({ ...request, devicesPerSubmission: settings.devicesPerSubmission[request.family] }, part',
    worlds: ['deployment taken back'],
  },
  {
    name: 'the login latch never closes',
    file: 'lib/thingspace/ports.ts',
    from: 'export const mostFailedLogins = 2',
    to: 'export const mostFailedLogins = 5',
    worlds: ['storm'],
  },
  {
    name: 'every environment logs in',
    file: 'lib/thingspace/credentials.ts',
    from: 'if (!lease.taken) return undefined',
    to: '',
    worlds: ['storm'],
  },
]
