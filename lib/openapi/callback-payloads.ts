import * as z from 'zod'

const name = z.looseObject({ id: z.string(), kind: z.string() })
const counter = z.union([z.int(), z.string()]).optional()

const Result = z.looseObject({
  username: z.string().optional(),
  password: z.string().optional(),
  requestId: z.string().meta({ description: "ThingSpace's request id, as in `upstreamRequestIds`." }),
  deviceIds: z.array(name).optional(),
  deviceResponse: z
    .looseObject({
      deviceProfileResponse: z
        .looseObject({
          deviceIdentifierCollection: z.array(name).optional(),
          profileStatus: z.string().optional(),
          state: z.string().optional(),
          euiccStatus: z.string().optional().meta({ description: '`EXECUTED_SUCCESS`, `EXECUTED_WITHWARNING`, …' }),
          euiccStatusCode: z.string().optional(),
          euiccStatusDesc: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  faultResponse: z.looseObject({ faultcode: z.string().optional(), faultstring: z.string().optional() }).optional(),
  status: z.string().optional(),
  callbackCount: counter,
  maxCallbackThreshold: counter,
})

const soapName = z.looseObject({ Kind: z.string(), Identifier: z.string() })

const SoapResult = z.looseObject({
  RequestId: z.string(),
  Device: z.array(soapName).optional(),
  Data: z.looseObject({
    Data: z.looseObject({
      DeviceProfileService: z.looseObject({}).meta({ description: 'Has one member, named after the action.' }),
      Status: z.string().optional(),
    }),
  }),
})

/**
 * ThingSpace's callbacks in their documented shapes. The callback endpoint accepts any body; the gateway reads these.
 */
export const Callback = z.union([Result, SoapResult]).meta({
  id: 'ThingSpaceCallback',
  description:
    'The result of one device, in the shapes that ThingSpace documents. Members may have any casing, and counts may be numbers or texts. User name and password are removed before the callback is stored.',
})

/** ThingSpace's own examples, shortened. */
export const callbackExamples = {
  succeeded: {
    summary: 'download_enable succeeded',
    value: {
      username: '',
      password: '',
      requestId: '0ecf5171-cdfb-4d49-a6d3-f9347b73913d',
      deviceIds: [
        { id: '78425989148000000840', kind: 'Iccid' },
        { id: '678912789123453456784008666456', kind: 'Eid' },
      ],
      deviceResponse: {
        deviceProfileResponse: {
          state: 'Active',
          profileStatus: 'DOWNLOAD_ENABLE',
          euiccStatus: 'EXECUTED_SUCCESS',
          euiccStatusCode: '1.2.365',
          euiccStatusDesc: 'EUICC device profile has been updated',
        },
      },
      callbackCount: 1,
      maxCallbackThreshold: 4,
    },
  },
  warning: {
    summary: 'carried out, but not confirmed by the device',
    value: {
      requestId: '24da8f8a-d110-4a54-86b4-83fb76aab83c',
      deviceIds: [
        { id: '666456789014008', kind: 'Imei' },
        { id: '666456789123456789123456784008', kind: 'Eid' },
      ],
      deviceResponse: {
        deviceProfileResponse: { euiccStatus: 'EXECUTED_WITHWARNING', euiccStatusCode: '8.2.1,3.9' },
      },
      status: 'Success',
      callbackCount: 1,
      maxCallbackThreshold: 4,
    },
  },
  fault: {
    summary: 'a fault for an action that was already done',
    value: {
      requestId: '076f7ea9-8230-49b1-9386-8dafaddc7d9e',
      deviceIds: [
        { id: '20180903000000000009', kind: 'Iccid' },
        { id: '201809030000009', kind: 'Imei' },
      ],
      faultResponse: {
        faultcode: 'UnifiedWebService.REQUEST_FAILED.DeviceAlreadyActive',
        faultstring: 'REQUEST_FAILED. Device is already active',
      },
      status: 'Failed',
      callbackCount: 1,
      maxCallbackThreshold: 4,
    },
  },
  soap: {
    summary: 'setfallbackattribute, in the older shape',
    value: {
      RequestId: '91a7ea23-90f2-411a-ad24-ceb1be8b0181',
      Device: [
        { Kind: 'Iccid', Identifier: '55284624900048647048' },
        { Kind: 'Eid', Identifier: '11906108505518561907896514974786' },
      ],
      Data: {
        Data: {
          DeviceProfileService: { SetFallbackAttribute: { EuiccStatus: 'EXECUTED_SUCCESS' } },
          Status: 'SUCCESS',
          CallbackCount: '1',
          MaxCallbackThreshold: '4',
        },
      },
    },
  },
}
