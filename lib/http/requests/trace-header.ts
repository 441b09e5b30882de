import type { ProfileRequest } from '../../profile/request/request.ts'

/** The header that tells a caller the trace of a request. Requests of earlier versions have none. */
export const traceHeader = ({ traceparent }: Pick<ProfileRequest, 'traceparent'>): Record<string, string> =>
  traceparent === undefined ? {} : { traceparent }
