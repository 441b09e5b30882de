const requestId = '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11'
const upstreamRequestId = 'd1f08526-5443-4054-9a29-4456490ea9f8'
const none = { pending: 0, warning: 0, succeeded: 0, failed: 0, expired: 0, cancelled: 0, conflicts: 0 }

const deviceIds = [
  { kind: 'eid', id: '89049032000000000000000000000131' },
  { kind: 'iccid', id: '89148000000010000013' },
]

const listed = {
  requestId,
  action: 'download',
  family: 'global',
  accountName: '0000123456-00001',
  createdAt: '2026-11-22T09:00:00.180Z',
  links: { self: `/v1/requests/${requestId}`, devices: `/v1/requests/${requestId}/devices` },
}

const next = {
  what: 'results',
  at: '2026-11-23T09:00:00.540Z',
  why: 'Accepted by ThingSpace. Devices without a result by this time expire.',
}

/** A request that ThingSpace has just accepted. */
export const requestExample = {
  ...listed,
  status: 'submitted',
  final: false,
  updatedAt: '2026-11-22T09:00:00.540Z',
  devices: { total: 1, ...none, pending: 1 },
  submissions: {
    total: 1,
    byState: {
      queued: 0,
      submitting: 0,
      waiting: 0,
      unconfirmed: 0,
      submitted: 1,
      rejected: 0,
      exhausted: 0,
      cancelled: 0,
      abandoned: 0,
    },
    awaitingDecision: 0,
    items: [
      {
        submission: 0,
        devices: { first: 0, count: 1 },
        state: 'submitted',
        attempt: 1,
        upstreamRequestIds: [upstreamRequestId],
        attempts: [
          {
            attempt: 1,
            startedAt: '2026-11-22T09:00:00.360Z',
            finishedAt: '2026-11-22T09:00:00.540Z',
            outcome: 'accepted',
            upstreamRequestId,
          },
        ],
        next,
      },
    ],
  },
  next,
}

const succeeded = {
  ...listed,
  status: 'succeeded',
  final: true,
  updatedAt: '2026-11-22T09:00:04.040Z',
  finalAt: '2026-11-22T09:00:04.040Z',
  devices: { total: 1, ...none, succeeded: 1 },
}

const device = {
  position: 0,
  deviceIds,
  status: 'succeeded',
  submission: 0,
  result: {
    upstreamRequestId,
    identifiers: deviceIds,
    verdict: 'succeeded',
    status: 'SUCCESS',
    profileStatus: 'ENABLE',
    state: 'ACTIVE',
    profileRole: 'LOCAL',
    provenance: 'callback',
    receivedAt: '2026-11-22T09:00:03.540Z',
  },
}

export const requestPageExample = { items: [succeeded], nextCursor: null }
export const devicePageExample = { items: [device], nextCursor: null, unmatchedResults: [] }
export const historyPageExample = { items: [{ request: succeeded, device }], nextCursor: null }

export const ndjsonExample = `${JSON.stringify(device)}\n`
export const csvExample = [
  'position,eid,iccid,imei,status,profileStatus,code,description,receivedAt,upstreamRequestId',
  `0,89049032000000000000000000000131,89148000000010000013,,succeeded,ENABLE,,,2026-11-22T09:00:03.540Z,${upstreamRequestId}`,
  '',
].join('\r\n')
