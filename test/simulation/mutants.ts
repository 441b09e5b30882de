/** Replaces one text in a source file. The search text must occur exactly once. */
export type Edit = { file: string; from: string; to: string }

/** A plausible bug. */
export type Mutant = Edit & {
  name: string
  /** Further edits without which every schedule would show the bug. */
  also?: readonly Edit[]
  /** The worlds that are searched first. */
  worlds?: readonly string[]
}

const states = 'lib/profile/submission/transitions/transitions.ts'
const submissionTransitions = 'lib/store/submission-transitions.ts'
const adopt = 'lib/profile/callback/adopt-orphan.ts'
const recordOutcome = 'lib/profile/submission/record-outcome.ts'
const rotate = 'lib/profile/listener/rotate-listener.ts'
const follow = 'lib/profile/submission/handle-work-message.ts'
const accept = 'lib/profile/submission/accept-request.ts'
const identifiers = 'lib/profile/order/identifiers.ts'
const fitting = 'lib/profile/callback/fitting-submissions.ts'
const links = 'lib/profile/submission/device-links.ts'
const deviceStates = 'lib/profile/status/device-states.ts'
const readSummary = 'lib/profile/status/read-summary.ts'
const scheduleSummary = 'lib/profile/status/schedule-summary.ts'
const sweepShard = 'lib/profile/sweep/sweep-shard.ts'
const asking = 'lib/profile/sweep/asking.ts'
const sweepItem = 'lib/profile/sweep/sweep-item.ts'
const keys = 'lib/store/table/keys.ts'
const requests = 'lib/store/requests.ts'
const summaries = 'lib/store/summaries.ts'
const orphans = 'lib/store/orphans.ts'
const retention = 'lib/store/retention.ts'
const tables = 'lib/store/table/table.ts'
const attemptTransitions = 'lib/profile/submission/transitions/attempt-transitions.ts'
const splitRefused = 'lib/profile/submission/transitions/split-refused.ts'
const waitingTransitions = 'lib/profile/submission/transitions/waiting-transitions.ts'
const matching = 'lib/profile/status/matching.ts'
const deviceResults = 'lib/profile/status/device-results.ts'
const failureChanges = 'lib/profile/failure/failure-changes.ts'
const askFlow = 'lib/profile/flow-control/ask.ts'
const afterCall = 'lib/profile/flow-control/after-call.ts'
const batchMiddlewares = 'lib/events/batch-middlewares.ts'

export const mutants: readonly Mutant[] = [
  {
    name: 'no fence',
    file: submissionTransitions,
    from: "ConditionExpression: 'revision = :seen'",
    to: "ConditionExpression: 'attribute_exists(pk) OR revision = :seen'",
    worlds: ['enable twice', 'download queued', 'cancel and retry race'],
  },
  {
    name: 'no lease',
    file: attemptTransitions,
    from: 'const leaseUntil = now + settings.leaseSeconds * inMilliseconds',
    to: 'const leaseUntil = now',
    worlds: ['throttled', 'download queued', 'several requests', 'bulk with bisection'],
  },
  {
    name: 'an attempt is never due',
    file: attemptTransitions,
    from: "{ state: 'submitting', leaseUntil, dueAt: leaseUntil }",
    to: "{ state: 'submitting', leaseUntil }",
  },
  {
    name: 'blind retry after an unknown outcome',
    file: attemptTransitions,
    from: "return enter(tried, { state: 'unconfirmed', ...plan }, now)",
    to: 'return waitUntil(tried, { nextAttemptAt: plan.dueAt, error: outcome.error }, context)',
    worlds: ['download silent'],
  },
  {
    name: 'unknown attempt forgotten after a later refusal',
    file: states,
    from: 'return hasUnknownAttempt(submission)\n    ? awaitDecision(submission, error, times)\n    : enter',
    to: 'return enter',
    worlds: ['refused later'],
  },
  {
    name: 'a submission with an unknown attempt is split',
    file: splitRefused,
    from: '  submission.deviceCount > 1 &&\n  !hasUnknownAttempt(withoutAttempt(submission))',
    to: '  submission.deviceCount > 1',
    worlds: ['refused later'],
  },
  {
    name: 'bisection sends again what was accepted',
    file: splitRefused,
    from: "  outcome.kind === 'refused' &&\n  outcome.mayBlameOneDevice === true &&",
    to: "  (outcome.kind === 'unknown' || (outcome.kind === 'refused' && outcome.mayBlameOneDevice === true)) &&",
    worlds: ['delete unruly'],
  },
  {
    name: 'cancelling forgets the unknown attempt',
    file: waitingTransitions,
    from: '  hasUnknownAttempt(submission)\n    ? awaitDecision(submission, submission.error, context)\n    : enter',
    to: '  enter',
    worlds: ['cancel while unconfirmed'],
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
    from: 'await recordCallback(readReceivedCallback(record), { ...dependencies, allowance, inTurn })',
    to: 'void recordCallback(readReceivedCallback(record), { ...dependencies, allowance, inTurn }).catch(() => undefined)',
  },
  {
    name: 'no upstream link',
    file: recordOutcome,
    from: '? await store.saveAccepted(next, seen, { accountName, upstreamRequestId: outcome.upstreamRequestId })',
    to: '? await store.saveSubmission(next, seen)',
    worlds: ['enable once', 'delete unruly'],
  },
  {
    name: 'adoption without uniqueness',
    file: adopt,
    from: 'others.length > 0 ||',
    to: 'others.length > 99 ||',
    worlds: ['two orders of one line, answers lost'],
  },
  {
    name: 'adoption ignores what is being sent',
    file: adopt,
    from: ' || fitting.underWay.length > 0',
    to: '',
    worlds: ['two orders of one line, answers lost', 'one device, many requests'],
  },
  {
    name: 'adoption ignores the account',
    file: 'lib/profile/callback/candidates.ts',
    from: 'if (link.accountName !== accountName) continue',
    to: '',
    worlds: ['cards and strangers', 'several requests'],
  },
  {
    name: 'adoption ignores the time',
    file: 'lib/profile/submission/transitions/attempt-history.ts',
    from: 'startedAt <= begunBy)',
    to: 'startedAt <= begunBy + 1e12)',
    worlds: ['strangers about the card'],
  },
  {
    name: 'no links from devices',
    file: links,
    from: 'await store.writeLinks(links, keptFrom)',
    to: 'await Promise.resolve(links)',
    worlds: ['activate by IMEI, answer lost'],
  },
  {
    name: 'summary without the manifest',
    file: readSummary,
    from: 'const devices = unsettled.length === 0 ? [] : await',
    to: 'const devices = unsettled.length >= 0 ? [] : await',
  },
  {
    name: 'digest with callbackCount',
    file: 'lib/thingspace/callback/tree.ts',
    from: "new Set(['callbackcount', 'maxcallbackthreshold'])",
    to: "new Set(['maxcallbackthreshold'])",
    worlds: ['delete unruly', 'enable twice'],
  },
  {
    name: 'a link that a read behind the table misses is missing',
    file: orphans,
    from: '(await get(key, { isConsistent: false })) ?? (await get(key))',
    to: 'await get(key, { isConsistent: false })',
    worlds: ['clocks apart'],
  },
  {
    name: 'an orphan is never due',
    file: orphans,
    from: '        dueBucket: dueBucketOf(upstreamRequestId),\n',
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
    file: accept,
    from: 'if (existing.fingerprint !== wanted.fingerprint) return',
    to: 'if (existing.fingerprint === "") return',
    worlds: ['enable twice'],
  },
  {
    name: 'summaries overwrite each other',
    file: summaries,
    from: '            unchanged(request),\n            nextVersion',
    to: "            { ...unchanged(request), condition: ['(version = :version OR version <> :version)', 'generation = :generation'] },\n            nextVersion",
  },
  {
    name: 'a message fails and is deleted',
    file: 'lib/events/queue-handler.ts',
    from: 'return { batchItemFailures }\n',
    to: 'return { batchItemFailures: [] }\n',
  },
  {
    name: 'unsent events are not retried',
    file: 'lib/profile/callback/project-changes.ts',
    from: 'failedFrom = Math.min(failedFrom, index)',
    to: 'failedFrom = Math.min(failedFrom, records.length)',
  },
  {
    name: 'dead letters are not counted',
    file: batchMiddlewares,
    from: 'await lastFailure.count(record)',
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
    worlds: ['passwords and results'],
  },
  {
    name: 'a new password is never registered',
    file: rotate,
    from: 'now < rotatedAt + learnedMilliseconds',
    to: 'now >= rotatedAt',
    worlds: ['password rotation'],
  },
  {
    name: 'readable items of newer code are refused',
    file: 'lib/store/table/items.ts',
    from: 'if (parsed.success) return parsed.data',
    to: "if (parsed.success && Number(item['itemVersion'] ?? 1) <= itemVersion) return parsed.data",
    worlds: ['deployment taken back'],
  },
  {
    name: 'changed settings divide an existing request',
    file: follow,
    from: 'plannedSubmissions(request, part',
    to: 'plannedSubmissions({ ...request, devicesPerSubmission: settings.devicesPerSubmission[request.family] }, part',
    worlds: ['deployment taken back'],
  },
  {
    name: 'the login latch never closes',
    file: 'lib/thingspace/credentials/ports.ts',
    from: 'export const mostFailedLogins = 2',
    to: 'export const mostFailedLogins = 5',
    worlds: ['storm'],
  },
  {
    name: 'every environment logs in',
    file: 'lib/thingspace/credentials/credentials.ts',
    from: 'if (!lease.taken) return undefined',
    to: '',
    worlds: ['storm'],
  },
  // Matching a callback with a device.
  {
    name: 'links for EID and ICCID only',
    file: links,
    from: 'new Map(device.map(',
    to: "new Map(device.filter(({ kind }) => kind === 'eid' || kind === 'iccid').map(",
    worlds: ['activate by IMEI, answer lost'],
  },
  {
    name: 'orphans are listed under EID and ICCID only',
    file: orphans,
    from: 'await inParallel(identifierKeys(named), async',
    to: "await inParallel(identifierKeys(named.filter(({ kind }) => kind === 'eid' || kind === 'iccid')), async",
    worlds: ['two orders of one line, answers lost'],
  },
  {
    name: 'an orphan is listed under the identifiers of its first message only',
    file: orphans,
    from: 'await inParallel(identifierKeys(named), async',
    to: 'if ((await get(orphanKey(orphan))) === undefined) await inParallel(identifierKeys(named), async',
    worlds: ['two orders of one line, answers lost'],
  },
  {
    name: 'an orphan is known by its first message only',
    file: adopt,
    from: 'const results = await store.listResults(orphan)',
    to: 'const results = (await store.listResults(orphan)).toSorted((a, b) => a.receivedAt - b.receivedAt).slice(0, 1)',
    worlds: ['first by IMEI, then by EID'],
  },
  {
    name: 'another profile of the card counts as the ordered one',
    file: matching,
    from: "  if (profile === 'different') return 'other-profile'\n",
    to: '',
    worlds: ['another profile first', 'two profiles of one card, answers lost'],
  },
  {
    name: 'another profile of the card decides at once',
    file: deviceResults,
    from: 'others.filter((result) => overdue || settlesAt(result) <= now)',
    to: 'others',
    worlds: ['another profile first'],
  },
  {
    name: 'another profile of the card is adopted',
    file: fitting,
    from: "[...matches].every((match) => match === 'other-profile')",
    to: 'matches.size === 0',
    worlds: ['strangers about the card'],
  },
  {
    name: 'its own upstream request id is not enough for a single device',
    file: matching,
    from: 'if (only === undefined || devices.length > 1) return joined',
    to: 'if (only === undefined || devices.length > 0) return joined',
    worlds: ['fallback by IMEI', 'any spelling'],
  },
  {
    name: 'groups and padding make another identifier',
    file: identifiers,
    from: "(/^\\d+$/.test(id) ? id : id.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase() || id)",
    to: 'id',
    worlds: ['any spelling, answers lost'],
  },
  {
    name: 'an ICCID without its check digit is another one',
    file: identifiers,
    from: '...(mayLackCheckDigit(identifier.kind, digits.length - 1) ? [digits.slice(0, -1)] : []),',
    to: '',
    worlds: ['without check digits, answers lost'],
  },
  {
    name: 'the country code makes another MDN',
    file: identifiers,
    from: "return bare(id).replace(/^1(?=\\d{10}$)/, '')",
    to: 'return bare(id)',
    worlds: ['any spelling, answers lost'],
  },
  // Time to live.
  {
    name: 'submissions are found whatever their generation',
    file: keys,
    from: '`SUB#${generation}#`',
    to: '`SUB#0#`',
    also: [{ file: sweepItem, from: ' || request.generation !== item.generation', to: '' }],
    worlds: ['key used again for several', 'key used again'],
  },
  {
    name: 'manifests are found whatever their generation',
    file: keys,
    from: 'sk: `M#${generation}#${padded(part, 2)}`',
    to: 'sk: `M#0#${padded(part, 2)}`',
    worlds: ['key used again for several'],
  },
  {
    name: 'expired items are read',
    file: tables,
    from: "return items.filter(({ expiresAt }) => typeof expiresAt !== 'number' || expiresAt > now)",
    to: 'return items.filter(() => now > 0)',
    worlds: ['key used again'],
  },
  {
    name: 'an expired request is not overwritten',
    file: requests,
    from: "ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now'",
    to: "ConditionExpression: 'attribute_not_exists(pk) OR (expiresAt <= :now AND expiresAt > :now)'",
    worlds: ['key used again'],
  },
  {
    name: 'parts expire before their request',
    file: tables,
    from: 'expiryOf(table, now) + day',
    to: 'expiryOf(table, now) - day',
    worlds: ['key used again for several', 'retried before the end'],
  },
  {
    name: 'a later decision does not keep results',
    file: retention,
    from: 'await inParallel(evidence.filter(isShort), (key) => keepUntil(key, until))',
    to: 'await Promise.resolve(evidence)',
    worlds: ['retried before the end'],
  },
  {
    name: 'a later decision does not keep the request',
    file: retention,
    from: 'await keepUntil(meta, expiryOf(table, now))',
    to: 'await Promise.resolve(meta)',
    worlds: ['retried before the end', 'months'],
  },
  // Final states.
  {
    name: 'published results are forgotten',
    file: deviceStates,
    from: '((summary.deviceStates[position] ?? 0) & evidenceBit) !== 0',
    to: '((summary.deviceStates[position] ?? 0) & evidenceBit) === 0x100',
    worlds: ['another profile long before'],
  },
  {
    name: 'a final state is taken back with its evidence',
    file: deviceStates,
    from: '((summary.deviceStates[position] ?? 0) & evidenceBit) !== 0',
    to: '((summary.deviceStates[position] ?? 0) & evidenceBit) === 0x100',
    also: [
      {
        file: retention,
        from: 'await inParallel(evidence.filter(isShort), (key) => keepUntil(key, until))',
        to: 'await Promise.resolve(evidence)',
      },
    ],
    worlds: ['retried before the end'],
  },
  // Requests for a summary.
  {
    name: 'a summary removes the request for the next one',
    file: summaries,
    from: "condition: ['(attribute_not_exists(askedAt) OR askedAt < :version)']",
    to: 'condition: []',
    worlds: ['larger than the limit'],
  },
  {
    name: 'a request for a summary is kept only once',
    file: scheduleSummary,
    from: 'if (request.askedAt === request.version && reopened.size === 0) return',
    to: 'if (request.askedAt !== undefined && reopened.size === 0) return',
    worlds: ['larger than the limit'],
  },
  {
    name: 'a summary omits settled submissions with a new contradiction',
    file: readSummary,
    from: 'request.reopened?.has(number) === true || changed?.has(number) === true',
    to: 'changed?.has(number) === true',
    worlds: ['larger, contradicted when settled'],
  },
  // Budgets.
  {
    name: 'the sweep keeps calling a peer that does not answer',
    file: asking,
    from: "=== 'no-answer') asking.until = clock()",
    to: "=== 'no-answer') await Promise.resolve()",
    worlds: ['status calls hang'],
  },
  {
    name: 'status calls have no budget',
    file: sweepItem,
    from: 'if (!asking.isOpen()) break',
    to: '',
    also: [
      { file: asking, from: 'if (asking.isOpen() && (await', to: 'if ((await' },
      { file: 'lib/profile/status/ask-before-expiry.ts', from: 'if (clock() >= until) break', to: '' },
    ],
    worlds: ['status calls hang'],
  },
  {
    name: 'a share of the sweep has no minute',
    file: 'lib/profile/sweep/share.ts',
    from: 'const behind = (Math.floor(beganAt / minute) - shard) % sweepsSideBySide',
    to: 'const behind = 1 + ((Math.floor(beganAt / minute) - shard) % 2)',
    worlds: ['many due, slow queries'],
  },
  {
    name: 'the sweep reads only the shards that there were at first',
    file: sweepShard,
    from: '{ length: dueShards }',
    to: '{ length: dueShards / 4 }',
    worlds: ['many due, slow queries'],
  },
  {
    name: 'the sweep takes the first entries of the due index for all of them',
    file: 'lib/store/due.ts',
    from: 'if (LastEvaluatedKey !== undefined) return undefined',
    to: '',
    worlds: ['many due, slow queries', 'several requests'],
  },
  // Unknown attempts become stale.
  {
    name: 'an unknown attempt never becomes stale',
    file: fitting,
    from: 'unknown.some(({ finishedAt }) => receivedAt <= finishedAt + within)',
    to: 'unknown.length > 0 && within > 0',
    worlds: ['Monday and Friday'],
  },
  {
    name: 'a stale unknown attempt counts like an open one',
    file: fitting,
    from: "else if (attempt === 'stale') stale.push(candidate)",
    to: "else if (attempt === 'stale') fitting.unconfirmed.push(candidate)",
    worlds: ['Monday undecided, and Friday'],
  },
  // Known outcomes are written.
  {
    name: 'an outcome that could not be written is not retried',
    file: recordOutcome,
    from: 'if (tries === mostTries || clock() + pause > stopAt) throw error',
    to: 'if (tries > 0 || clock() + pause > stopAt) throw error',
    worlds: ['download silent', 'delete unruly'],
  },
  {
    name: 'a transaction is not repeated after a conflict',
    file: 'lib/store/table/conditions.ts',
    from: 'if (!isPassing(error) || !(await waited())) throw error',
    to: 'throw error',
    worlds: ['cards and strangers', 'transactions in conflict'],
  },
  // The limits of calls.
  {
    name: 'a stop of all calls never ends',
    file: askFlow,
    from: 'if (pause !== undefined && pause.until > now)',
    to: 'if (pause !== undefined)',
    worlds: ['unreachable for a minute'],
  },
  {
    name: 'an order probes after a stop',
    file: follow,
    from: 'if (permit.isProbe && !(await answersProbe(request, permit, dependencies))) {',
    to: 'if (seen.attempt < 0) {',
    worlds: ['unreachable for a minute'],
  },
  {
    name: 'an operator overwrites what others have stored meanwhile',
    file: 'lib/profile/flow-control/resume-flow.ts',
    from: 'effect: () => store.saveFlow(credentialSet, next, stored.revision),',
    to: `effect: async () => {
        const { revision } = await store.readFlow(credentialSet, { isConsistent: true })
        return store.saveFlow(credentialSet, { ...next, revision: revision + 1 }, revision)
      },`,
    worlds: ['resumed by operators'],
  },
  {
    name: 'an operator ends a pause before that is recorded',
    file: 'lib/profile/flow-control/resume-flow.ts',
    from: 'const saved = await audited(',
    to: 'await store.saveFlow(credentialSet, next, stored.revision)\n  const saved = await audited(',
    worlds: ['resumed by operators'],
  },
  {
    name: 'a late release frees the slot of another call',
    file: afterCall,
    from: 'return kept?.until === slot.until ?',
    to: 'return kept !== undefined ?',
    worlds: ['a call outlives its slot'],
  },
  {
    name: 'all calls probe after a stop',
    file: afterCall,
    from: 'const stopped = { ...lowered, limit: 1, loweredAt: now',
    to: 'const stopped = { ...lowered, limit: most - 1, loweredAt: now',
    worlds: ['fewer calls, then none'],
  },
  {
    name: 'the slot of a dead process is never free',
    file: askFlow,
    from: 'Object.entries(flow.slots).filter(([, { until }]) => until > now)',
    to: 'Object.entries(flow.slots)',
    worlds: ['unreachable for a minute'],
  },
  {
    name: 'a call takes its slot without a fence',
    file: 'lib/store/credentials/flows.ts',
    from: "{ ConditionExpression: 'revision = :seen', ",
    to: "{ ConditionExpression: 'attribute_exists(pk) OR revision = :seen', ",
    worlds: ['fewer calls, then none'],
  },
  {
    name: 'bulk orders take every slot',
    file: askFlow,
    from: 'const bulkShare = 0.75',
    to: 'const bulkShare = 1',
    worlds: ['fewer calls, then none'],
  },
  {
    name: 'Retry-After holds only the call that it answers',
    file: afterCall,
    from: "const asksFor = effect.kind === 'overload' ? (effect.retryAfterSeconds ?? 0) : 0",
    to: 'const asksFor = 0',
    worlds: ['asked to wait'],
  },
  {
    name: 'the limit of calls never rises',
    file: afterCall,
    from: 'Math.min(most, flow.limit + (isRaised ? 1 : 0))',
    to: 'flow.limit',
    worlds: ['fewer calls, then none'],
  },
  {
    name: 'a call does not note its turn',
    file: 'lib/profile/flow-control/ask.ts',
    from: 'const turns = turn === undefined ? {} : { turns: turn.turns }',
    to: 'const turns = {}',
    worlds: ['calls in turns'],
  },
  {
    name: 'a held order loses its message',
    file: 'lib/profile/submission/hold-back.ts',
    from: "  if (saved.kind === 'saved') await sendWorkMessage(held, placeOf(request, held), dependencies)\n",
    to: '',
    worlds: ['asked to wait'],
  },
  {
    name: 'holding an order uses up an attempt',
    file: waitingTransitions,
    from: '  ...submission,\n  nextAttemptAt,\n  held:',
    to: '  ...submission,\n  attempt: submission.attempt + 1,\n  nextAttemptAt,\n  held:',
    worlds: ['asked to wait'],
  },
  // The list of failures.
  {
    name: 'a failure stays listed after a late success',
    file: failureChanges,
    from: 'if (status !== earlier) changes.push',
    to: 'if (status !== earlier && status !== undefined) changes.push',
    worlds: ['success after the deadline'],
  },
  {
    name: 'a failure of an expired device is not listed',
    file: failureChanges,
    from: "status === 'failed' || status === 'expired' ? status : undefined",
    to: "status === 'failed' ? status : undefined",
    worlds: ['success after the deadline'],
  },
  // Accounts are separate.
  {
    name: 'an upstream request id is shared by all accounts',
    file: keys,
    from: '`TSR#${encoded(accountName)}#${upstreamRequestId}`',
    to: '`TSR##${upstreamRequestId}`',
    worlds: ['callback address of another account'],
  },
  // Device links are written before the claim.
  {
    name: 'a worker writes links after its claim',
    file: follow,
    from: '    await ensureLinks({ request, submission: seen, devices, now }, store)\n    const begun = await claim(seen, dependencies)\n',
    to: '    const begun = await claim(seen, dependencies)\n    await ensureLinks({ request, submission: seen, devices, now }, store)\n',
    worlds: ['download queued'],
  },
  {
    name: 'an order writes links after its claim',
    file: accept,
    from: '  await linkDevices({ request: planned, firstDevice: 0, devices }, store)\n',
    to: '',
    also: [
      {
        file: accept,
        from: '    const submission = await forwardSubmission({ begun,',
        to: '    await linkDevices({ request, firstDevice: 0, devices }, store)\n    const submission = await forwardSubmission({ begun,',
      },
    ],
    worlds: ['download once'],
  },
  {
    name: 'an effect without its audit entry',
    file: 'lib/profile/audit/audit-trail.ts',
    from: 'await store.appendAudit(intent)',
    to: 'void Promise.resolve().then(() => store.appendAudit(intent)).catch(() => undefined)',
    worlds: ['cancel and retry race', 'cancel while unconfirmed'],
  },
]
