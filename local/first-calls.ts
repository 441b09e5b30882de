import type { Stack } from './stack.ts'

type Options = { token: string; operatorToken: string; accountName: string }

/** The text that `npm start` prints: the URLs, a token, and calls to copy. */
export function firstCalls(stack: Stack, { token, operatorToken, accountName }: Options): string {
  const body = {
    accountName,
    smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
    devices: [
      {
        deviceIds: [
          { id: '89033023000000000000000000000001', kind: 'eid' },
          { id: '89148000000000009001', kind: 'iccid' },
        ],
      },
    ],
  }
  return `
ThingSpace Profile Gateway
  Console      ${stack.apiUrl}/console
  API          ${stack.apiUrl}
  Tokens       ${stack.issuerUrl}/token
  ThingSpace   ${stack.thingSpaceBaseUrl}${stack.simulator === undefined ? '' : '  (simulator)'}
  Callbacks    ${stack.callbackUrl(accountName)}

An app's token, which may read, order and decide, and an operator's token with profiles:operate. Both are for all
accounts and valid for twelve hours:

export TOKEN=${token}
export OPERATOR_TOKEN=${operatorToken}

Download a profile and enable it:

curl -i ${stack.apiUrl}/v1/devices/profile/actions/download_enable \\
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Idempotency-Key: first-call' \\
  -d '${JSON.stringify(body)}'

Follow the request by the requestId in the response, and list the requests of the device:

curl -s -H "Authorization: Bearer $TOKEN" ${stack.apiUrl}/v1/requests/REQUEST_ID
curl -s -H "Authorization: Bearer $TOKEN" ${stack.apiUrl}/v1/requests/REQUEST_ID/devices
curl -s -H "Authorization: Bearer $TOKEN" ${stack.apiUrl}/v1/devices/iccid/89148000000000009001/requests
${stack.simulatorControlUrl === undefined ? '' : outage(stack.simulatorControlUrl)}
README.md shows the API by example. local/README.md lists the settings and the simulator's outcomes.
`
}

const outage = (controlUrl: string): string => `
Make ThingSpace answer 503 to the next three calls, send another request, and watch the retries. The second call ends it:

curl -s -X PUT ${controlUrl}/bad-days -H 'Content-Type: application/json' -d '{"kind":"503","count":3}'
curl -s -X DELETE ${controlUrl}/bad-days
`
