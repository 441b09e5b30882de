import type { Failure } from './failure.ts'

/** A failure as API responses and commands show it. Times are ISO 8601 in UTC. */
export const viewFailure = ({
  at,
  requestId,
  position,
  device,
  accountName,
  action,
  status,
  code,
  message,
}: Failure) => ({
  at: new Date(at).toISOString(),
  requestId,
  position,
  deviceIds: device,
  accountName,
  action,
  status,
  /** False for an expired device: a late result still changes it. */
  final: status === 'failed',
  code: code ?? null,
  message: message ?? null,
})
export type FailureView = ReturnType<typeof viewFailure>
