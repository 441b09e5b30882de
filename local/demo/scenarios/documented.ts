import * as z from 'zod'
import { accounts } from '../accounts.ts'
import type { DeviceAnswer } from '../answers.ts'
import { iccidOf, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal, type Stage } from '../stage.ts'
import { expectEqual } from '../unmet.ts'
import { cut, shortIds } from '../wording.ts'

/** The example requests of Verizon's four profile pages, sent unchanged, and one request as Verizon's SDK sends it. */
export const documentedRequests: readonly Scenario[] = [
  {
    name: 'set the fallback attribute',
    shows: 'documented request; callback in Pascal case understood',
    play: async (stage) => {
      const body = {
        devices: [
          {
            deviceIds: [
              { id: '990001131241920', kind: 'imei' },
              { id: '376456789123456789123456782019', kind: 'eid' },
            ],
          },
        ],
        accountName: accounts.blanks,
        carrierName: 'Verizon Wireless',
      }
      const { callbacks, device } = await orderOne(stage, { action: 'setfallbackattribute', family: 'device', body })
      expectEqual('first member after the credentials', Object.keys(parse(callbacks[0]))[2], 'RequestId')
      expectEqual('euiccStatus of the result', device?.result?.euicc?.status, 'EXECUTED_SUCCESS')
    },
  },
  {
    name: 'download and enable a profile',
    shows: 'documented request; warning first, success later',
    play: async (stage) => {
      // Verizon's example EID; the ICCID ends in 9002 so that the simulator warns first.
      const deviceIds = [
        { kind: 'eid', id: '678912789123453456784008666456' },
        { kind: 'iccid', id: '78425989148000009002' },
      ]
      const body = { devices: [{ deviceIds }], accountName: accounts.documented, smsrOid }
      const { callbacks, device } = await orderOne(stage, { action: 'download_enable', family: 'local', body })
      expectEqual('number of callbacks', callbacks.length, 2)
      const verdicts = device?.others?.map(({ verdict }) => verdict)
      expectEqual('other verdicts received', verdicts, ['warning'])
    },
  },
  {
    name: 'download a Global profile',
    shows: 'documented request; callback without credentials',
    play: async (stage) => {
      const deviceIds = [
        { kind: 'eid', id: '37645678912345678912345678201999' },
        { kind: 'iccid', id: '89148000000840784260' },
        { kind: 'imei', id: '990001131241921' },
      ]
      const body = { devices: [{ deviceIds }], accountName: accounts.global, servicePlan: 'service plan name' }
      const { callbacks } = await orderOne(stage, { action: 'download', family: 'global', body })
      expectEqual('first member of the callback', Object.keys(parse(callbacks[0]))[0], 'requestId')
    },
  },
  {
    name: 'set the fallback attribute with the SDK',
    shows: "the SDK's body with identifiers directly in devices, forwarded unchanged",
    play: async (stage) => {
      const devices = [
        { kind: 'eid', id: '89049032000007775954562159545621' },
        { kind: 'iccid', id: '89148000059545621777' },
        { kind: 'imei', id: '355954562112345' },
      ]
      const body = { devices, accountName: accounts.global }
      const { device } = await orderOne(stage, { action: 'setfallbackattribute', family: 'global', body })
      expectEqual('ICCID of the device', iccidOf(device ?? { deviceIds: [] }), '89148000059545621777')
    },
  },
  {
    name: 'disable a profile',
    shows: 'documented request; callback with IMEI and EID, matched by EID',
    play: async (stage) => {
      const { callbacks, device } = await orderOne(stage, { action: 'disable', family: 'local', body: disableExample })
      expectEqual(
        'the callback names an IMEI that is not in the order',
        callbacks[0]?.includes('666456789014008'),
        true,
      )
      expectEqual('ICCID of the device', iccidOf(device ?? { deviceIds: [] }), '89148000000840784259')
    },
  },
]

/** Verizon's example body for disable. */
export const disableExample = {
  devices: [
    {
      deviceIds: [
        { kind: 'eid', id: '666456789123456789123456784008' },
        { kind: 'iccid', id: '89148000000840784259' },
      ],
    },
  ],
  accountName: accounts.documented,
  smsrOid,
}

type Body = { accountName: string; devices: readonly unknown[] }
type Order = { action: string; family: string; body: Body }

/** Submits an action for one device and waits for its success. Returns the callbacks sent, and the device at the end. */
async function orderOne(stage: Stage, { action, family, body }: Order) {
  const before = stage.thingSpace.acceptedOf(body.accountName).length
  const { requestId, family: read, submissions } = await stage.order(action, body)
  expectEqual('family read from the body', read, family)
  const accepted = stage.thingSpace.acceptedOf(body.accountName).slice(before)
  const upstreamId = submissions.items[0]?.upstreamRequestIds[0] ?? ''
  expectEqual('accepted submissions', accepted, [{ ...accepted[0], requestId: upstreamId, action, body }])
  stage.say(shortIds(`ThingSpace accepted it once, as ${upstreamId}`))

  const done = await stage.follow(requestId, 'final', isFinal)
  expectEqual('status of the request', done.status, 'succeeded')
  await stage.thingSpace.quiet()
  const sent = stage.thingSpace.callbacksOf(upstreamId)
  expectEqual('callbacks that were not acknowledged', sent.filter(({ state }) => state !== 'acknowledged').length, 0)
  const callbacks = sent.map(({ attempts }) => attempts[0]?.body ?? '')
  for (const callback of callbacks) stage.say(`ThingSpace sent: ${callbackLine(callback)}`)
  const devices: DeviceAnswer[] = await stage.devicesOf(requestId)
  expectEqual(
    'status of the devices',
    devices.map(({ status }) => status),
    ['succeeded'],
  )
  return { callbacks, device: devices[0] }
}

/** Formats a callback: its beginning without the listener's credentials, and the member with the result. */
function callbackLine(callback: string): string {
  const { username: _user, password: _password, ...shown } = z.looseObject({}).parse(parse(callback))
  const decisive = /"(?:euiccStatus|status)":"\w+"/i.exec(callback)?.[0] ?? ''
  return `${cut(shortIds(JSON.stringify(shown)), 100)} ${decisive}`
}

function parse(callback: string | undefined): object {
  const parsed: unknown = JSON.parse(callback ?? 'null')
  return typeof parsed === 'object' && parsed !== null ? parsed : {}
}
