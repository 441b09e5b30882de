import { eidOf, iccidOf, localBody } from '../../builders.ts'

let used = 0

/** The body of an order for devices that no other order names. */
export function freshBody(count: number): string {
  const first = used + 1
  used += count
  const devices = Array.from({ length: count }, (_, index) => ({
    deviceIds: [
      { kind: 'eid', id: eidOf(first + index) },
      { kind: 'iccid', id: iccidOf(first + index) },
    ],
  }))
  return JSON.stringify({ ...localBody(0), devices })
}
