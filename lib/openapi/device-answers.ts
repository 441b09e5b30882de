import * as z from 'zod'
import { EuiccOutcome, Fault, Provenance, Verdict } from '../profile/request/callback.ts'
import { DeviceStatus } from '../profile/request/states.ts'
import type { DeviceView } from '../profile/status/device-view.ts'
import { count, Identifier, instant, ListedRequest, nextCursor, UpstreamError } from './answers.ts'
import type { Holds, SameShape } from './same-shape.ts'

const ResultAnswer = z.object({
  upstreamRequestId: z.string(),
  identifiers: z.array(Identifier),
  verdict: Verdict,
  note: z.string().optional(),
  status: z.string().optional(),
  profileStatus: z.string().optional(),
  state: z.string().optional(),
  profileRole: z.string().optional(),
  euicc: z.optional(EuiccOutcome),
  fault: z.optional(Fault),
  assigned: z.record(z.string(), z.string()).optional().meta({
    description:
      'Values that ThingSpace assigned to the line, such as ICCID, MDN, IP address or a new activation code.',
  }),
  provenance: z.enum(['callback', 'adopted', ...Provenance.options]),
  receivedAt: instant,
})

export const DeviceAnswer = z
  .object({
    position: count.meta({ description: 'Position of the device in the request, from 0.' }),
    deviceIds: z.array(Identifier),
    status: DeviceStatus,
    submission: count.nullable().meta({ description: 'Null until the submission is created.' }),
    conflict: z
      .literal(true)
      .optional()
      .meta({ description: 'Two different final results arrived. The first one applies.' }),
    error: UpstreamError.optional(),
    result: ResultAnswer.optional().meta({
      description: "The callback that decided the status, in ThingSpace's words.",
    }),
    others: z
      .array(z.object({ verdict: z.string(), receivedAt: instant }))
      .optional()
      .meta({ description: 'Other results for this device.' }),
  })
  .meta({ id: 'Device', description: 'A device of a request, with its status and result.' })

export const DevicePage = z
  .object({
    items: z.array(DeviceAnswer),
    nextCursor,
    unmatchedResults: z.array(ResultAnswer).meta({
      description:
        "The first 20 results for these devices' submissions that name none of the devices. They change no status.",
    }),
  })
  .meta({ id: 'DevicePage' })
export const HistoryPage = z
  .object({ items: z.array(z.object({ request: ListedRequest, device: DeviceAnswer.nullable() })), nextCursor })
  .meta({ id: 'HistoryPage' })

/** Makes the compiler prove that the schema of a device describes exactly what lib/profile builds. @public */
export type Proof = [Holds<SameShape<z.infer<typeof DeviceAnswer>, DeviceView>>]
