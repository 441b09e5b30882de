import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Action } from '../../../local/simulator/actions.ts'
import type { SimulatorOptions } from '../../../local/simulator/settings.ts'
import { createThingSpaceSimulator } from '../../../local/simulator/simulator.ts'

/** Parsed JSON of any type, because the tests assert on its members. */
type Json = ReturnType<typeof JSON.parse>

export type Reply = { status: number; headers: http.IncomingHttpHeaders; text: string; json: Json }

/** A call over a new connection, so that no kept socket hides what the simulator does to connections. */
export const send = (
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: string,
  agent: http.Agent | false = false,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        let json: unknown
        try {
          json = JSON.parse(text)
        } catch {
          json = undefined
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
      })
    })
    request.on('error', reject)
    request.end(body)
  })

type Received = { at: number; headers: http.IncomingHttpHeaders; method: string; url: string; text: string }

/** The answer to one callback: a status, `reset` for the socket, or `silent`. */
type ListenerAnswer = number | 'reset' | 'silent'

/** A listener for callbacks on a free local port. */
const startListener = async () => {
  const received: Received[] = []
  const behaviour = { answer: (_message: Received): ListenerAnswer => 200 }
  const serve = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const { method = '', url = '', headers } = request
    const message = { at: performance.now(), method, url, headers, text }
    received.push(message)
    const answer = behaviour.answer(message)
    if (answer === 'reset') request.socket.destroy()
    else if (answer !== 'silent') response.writeHead(answer).end()
  }
  const server = http.createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`,
    received,
    behaviour,
    bodies: (): Json[] => received.map(({ text }) => JSON.parse(text)),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const account = '0000123456-00001'

/** The simulator with short times, a listener registered for both services, and a client that is logged in. */
export const startBench = async (options: SimulatorOptions = {}) => {
  const listener = await startListener()
  const simulator = createThingSpaceSimulator({
    ...options,
    times: {
      callbackDelayMs: 5,
      finalDelayMs: 20,
      redeliveryDelayMs: 60,
      // Long enough for a busy machine. A test of silent listeners sets its own value.
      noAnswerMs: 4_000,
      abandonMs: 8_000,
      ...options.times,
    },
  })
  const { baseUrl, controlUrl, port } = await simulator.start()
  const { oauthKey, oauthSecret, username, password } = simulator.settings

  const tokenHeaders = (key = oauthKey, secret = oauthSecret) => ({
    authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  })
  const askForToken = () =>
    send('POST', `${baseUrl}/api/ts/v1/oauth2/token`, tokenHeaders(), 'grant_type=client_credentials')
  const credentials = { bearer: '', session: '' }
  const m2mHeaders = () => ({
    authorization: `Bearer ${credentials.bearer}`,
    'vz-m2m-token': credentials.session,
    'content-type': 'application/json',
  })
  const m2m = (method: string, path: string, body?: unknown) =>
    send(method, `${baseUrl}/api/m2m${path}`, m2mHeaders(), typeof body === 'string' ? body : JSON.stringify(body))
  const login = (user = username, pass = password) =>
    m2m('POST', '/v1/session/login', { username: user, password: pass })
  const logIn = async () => {
    credentials.bearer = (await askForToken()).json.access_token
    credentials.session = (await login()).json.sessionToken
  }
  const register = (service: string, accountName = account) =>
    m2m('POST', `/v1/callbacks/${encodeURIComponent(accountName)}`, {
      name: service,
      url: listener.url,
      username: 'listener',
      password: 'listener-password',
    })
  await logIn()
  await register('DeviceProfileService')
  await register('CarrierService')
  return {
    simulator,
    listener,
    baseUrl,
    controlUrl,
    port,
    credentials,
    tokenHeaders,
    askForToken,
    m2mHeaders,
    m2m,
    login,
    logIn,
    register,
    act: (action: Action | 'unknown', body: unknown) => m2m('POST', `/v1/devices/profile/actions/${action}`, body),
    control: (method: string, path: string, body?: unknown) =>
      send(
        method,
        `${controlUrl}${path}`,
        { 'content-type': 'application/json' },
        body === undefined ? undefined : JSON.stringify(body),
      ),
    stop: async () => {
      await simulator.stop()
      await listener.stop()
    },
  }
}

export type Bench = Awaited<ReturnType<typeof startBench>>

/** Waits until a condition is true. The test's own time-out ends it. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2))
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let drawn = 0
/** A new device whose ICCID ends with the four digits. */
export const device = (suffix = '0000', kinds: readonly string[] = ['eid', 'iccid']) => {
  drawn += 1
  const id = `${drawn}`.padStart(6, '0')
  const ids: Record<string, string> = {
    eid: `8903302300000000000000${id}${suffix}`,
    iccid: `8914800000${id}${suffix}`,
    imei: `35000${id}${suffix}`,
    mdn: `${id}${suffix}`,
  }
  return { deviceIds: kinds.map((kind) => ({ kind, id: ids[kind]! })) }
}

const oid = '1.3.6.1.4.1.31746.1.500.200.101.5'
export const localBody = (devices: unknown[], more = {}) => ({ devices, accountName: account, smsrOid: oid, ...more })
export const globalBody = (devices: unknown[], more = {}) => ({
  devices,
  accountName: account,
  servicePlan: 'plan one',
  ...more,
})
