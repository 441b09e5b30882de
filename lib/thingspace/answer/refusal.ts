import type { UpstreamError } from '../../profile/request/outcome.ts'

/** Codes, without the service name, about the request, the account or the call as a whole. */
const ofTheWholeRequest: readonly RegExp[] = [
  /^INPUT_INVALID\.(Account|RequestUndefined|CustomField)/i,
  /^REQUEST_FAILED\.(Account|NoAccounts|MultipleAccounts|DefaultIpPoolNotDefined|SessionToken)/i,
  /^REQUEST_FAILED\..*\.NotFound$/i,
  /^DeserializationFailed/i,
  /SessionToken|Password/i,
]

/**
 * Whether one of several devices may have caused a refusal. The gateway then splits the submission and sends the
 * halves. ThingSpace does not name the device. Only a 400 can be about a device, unless its code is about the whole
 * request. An undocumented code, or the bare "400" of Global IoT, may be about a device. A split also helps if
 * ThingSpace refuses the number of devices.
 */
export function mayBlameOneDevice({ status, code = '' }: UpstreamError): boolean {
  if (/NumberofDevices|MaxRequestsExceeded/i.test(code)) return true
  if (status !== 400 || /^9\d{5}$/.test(code)) return false
  return !ofTheWholeRequest.some((pattern) => pattern.test(code))
}
