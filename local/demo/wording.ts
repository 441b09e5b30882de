import * as z from 'zod'
import { Problem } from '../../lib/http/problem.ts'
import { type DeviceAnswer, DevicesPage, RequestAnswer } from './answers.ts'

/** Shortens UUIDs in a text to their first eight characters. */
export const shortIds = (text: string): string =>
  text.replaceAll(/([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '$1…')

/** Truncates a text to `length` characters, with an ellipsis at the end. */
export const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/** Formats a request in one line: status, device counts, and the next step. */
export function requestLine({ status, devices, next }: RequestAnswer): string {
  const counts = Object.entries(devices).filter(([name, count]) => name !== 'total' && count > 0)
  const told = counts.map(([name, count]) => `${count} ${name}`).join(', ')
  return `${status} (${told})${next === null ? '' : `, next: ${next.what}`}`
}

/** Formats a device in one line: identifier, status, and ThingSpace's result. */
export function deviceLine({ deviceIds, status, result, error, others = [] }: DeviceAnswer): string {
  const [{ kind, id } = { kind: 'device', id: '?' }] = deviceIds
  const said = [result?.fault?.code, result?.euicc?.status, result?.euicc?.code, error?.code, result?.note]
  const why = said.filter((part) => part !== undefined).join(' ')
  const earlier = others.length === 0 ? '' : `; also received: ${others.map(({ verdict }) => verdict).join(', ')}`
  return `${kind} ${id} ${status}${why === '' ? '' : ` (${why})`}${earlier}`
}

const GatewayMessage = z.strictObject({ message: z.string() })

/** Formats a response in one line, depending on its kind. */
export function answerLine(body: unknown, text: string): string {
  const problem = Problem.safeParse(body)
  if (problem.success) {
    const { code, detail, errors } = problem.data
    const [first] = errors ?? []
    return first === undefined ? `${code}: ${detail}` : `${code} at ${first.pointer}: ${first.code}, ${first.detail}`
  }
  const request = RequestAnswer.safeParse(body)
  if (request.success) return `requestId ${request.data.requestId}, ${requestLine(request.data)}`
  const devices = DevicesPage.safeParse(body)
  if (devices.success && devices.data.items.length <= 3) return devices.data.items.map(deviceLine).join('; ')
  if (devices.success) return `${devices.data.items.length} devices`
  const message = GatewayMessage.safeParse(body)
  return message.success ? message.data.message : text
}
