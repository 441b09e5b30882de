import { Problem } from '../../../lib/http/problem.ts'
import { accounts } from '../accounts.ts'
import { RequestsPage } from '../answers.ts'
import type { CallOptions } from '../api.ts'
import { device, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { expectEqual } from '../unmet.ts'

const accountName = accounts.refusals
const [eid, iccid] = device().deviceIds
const good = { accountName, smsrOid, devices: [{ deviceIds: [eid, iccid] }] }
const withIds = (...deviceIds: unknown[]) => ({ ...good, devices: [{ deviceIds }] })

type Refusal = { about: string; action?: string; options: CallOptions; status: number; code?: string; pointer?: string }

const refusals: readonly Refusal[] = [
  {
    about: 'an unknown action',
    action: 'explode',
    options: { body: good },
    status: 404,
    code: 'unknown-action',
  },
  {
    about: 'an account whose results do not arrive here',
    options: { body: { ...good, accountName: '0000123456-99999' } },
    status: 409,
    code: 'account-not-served',
  },
  {
    about: 'no EID',
    options: { body: withIds(iccid) },
    status: 400,
    code: 'invalid-body',
    pointer: '/devices/0/deviceIds',
  },
  {
    about: 'letters in an ICCID',
    options: { body: withIds(eid, { kind: 'iccid', id: '8914800000084078425F' }) },
    status: 400,
    code: 'invalid-body',
    pointer: '/devices/0/deviceIds/1/id',
  },
  {
    about: 'the same device twice',
    options: { body: { ...good, devices: [...good.devices, ...good.devices] } },
    status: 400,
    code: 'invalid-body',
    pointer: '/devices/1',
  },
  {
    about: '10,001 devices',
    options: { body: { ...good, devices: Array.from({ length: 10_001 }, () => good.devices[0]) } },
    status: 400,
    code: 'invalid-body',
    pointer: '/devices',
  },
  {
    about: 'not JSON',
    options: { body: '{"accountName": ' },
    status: 400,
    code: 'malformed-json',
  },
  {
    about: 'another content type',
    options: { body: good, headers: { 'content-type': 'text/plain' } },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    about: 'over 5 MB',
    options: { body: JSON.stringify(good).padEnd(5 * 1024 * 1024 + 1) },
    status: 413,
    code: 'body-too-large',
  },
]

/** Invalid submits, which the gateway refuses without storing or sending anything. */
export const badInput: Scenario = {
  name: 'bad input',
  shows: `${refusals.length + 3} refusals, with pointers; nothing stored, nothing sent`,
  play: async (stage) => {
    const acceptedBefore = stage.thingSpace.acceptedInAll()
    const storedBefore = await storedRequests(stage)
    for (const refusal of refusals) await refuse(stage, refusal)
    const tokens: readonly [string, string, number, string?][] = [
      ['no token', '', 401],
      ['a token without profiles:write', await stage.tokenFor({ scopes: ['profiles:read'] }), 403],
      ["another caller's token", await stage.tokenFor({ accounts: [accounts.global] }), 403, 'account-not-allowed'],
    ]
    for (const [about, token, status, code] of tokens) {
      await refuse(stage, { about, options: { body: good, token }, status, ...(code === undefined ? {} : { code }) })
    }
    expectEqual('submissions that ThingSpace accepted', stage.thingSpace.acceptedInAll() - acceptedBefore, 0)
    expectEqual('requests stored for the account', (await storedRequests(stage)) - storedBefore, 0)
  },
}

async function refuse(stage: Stage, { about, action = 'download_enable', options, ...expected }: Refusal) {
  stage.say(`${about}:`)
  const answer = await stage.call('POST', `/v1/devices/profile/actions/${action}`, options)
  expectEqual(`status for ${about}`, answer.status, expected.status)
  // A refusal by API Gateway itself is not a problem document.
  if (expected.code === undefined) return
  expectEqual('content type', answer.headers.get('content-type'), 'application/problem+json')
  const { code, errors } = Problem.parse(answer.body)
  expectEqual(`code for ${about}`, code, expected.code)
  if (expected.pointer !== undefined) expectEqual(`pointer for ${about}`, errors?.[0]?.pointer, expected.pointer)
}

async function storedRequests(stage: Stage): Promise<number> {
  const path = `/v1/requests?accountName=${encodeURIComponent(accountName)}`
  const answer = await stage.call('GET', path, {
    show: ({ body }) => `${RequestsPage.parse(body).items.length} requests`,
  })
  return RequestsPage.parse(answer.body).items.length
}
