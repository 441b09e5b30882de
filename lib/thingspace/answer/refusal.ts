import type { UpstreamError } from '../../profile/request/outcome.ts'

/** Codes (without the service name) that speak of the request, the account or the call as a whole. */
const ofTheWholeRequest: readonly RegExp[] = [
  /^INPUT_INVALID\.(Account|RequestUndefined|CustomField)/i,
  /^REQUEST_FAILED\.(Account|NoAccounts|MultipleAccounts|DefaultIpPoolNotDefined|SessionToken)/i,
  /^REQUEST_FAILED\..*\.NotFound$/i,
  /^DeserializationFailed/i,
  /SessionToken|Password/i,
]

/**
 * Whether a refusal may be the fault of one device among several, so that the others are worth sending without it.
 * ThingSpace names no device. Only a 400 can be about a device; what its code says of the whole request is not; and a
 * code nobody has documented (or a mere "400", as Global IoT gives) may be. A refusal of the number of devices is
 * mended by the same cut.
 */
export function mayBlameOneDevice({ status, code = '' }: UpstreamError): boolean {
  if (/NumberofDevices|MaxRequestsExceeded/i.test(code)) return true
  if (status !== 400 || /^9\d{5}$/.test(code)) return false
  return !ofTheWholeRequest.some((pattern) => pattern.test(code))
}
