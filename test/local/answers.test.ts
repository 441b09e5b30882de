import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeConnection } from '../../local/connection-file.ts'
import { accounts } from '../../local/demo/accounts.ts'
import { device, iccidOf } from '../../local/demo/devices.ts'
import { orderAgain } from '../../local/demo/scenarios/order-again.ts'
import { setStage } from '../../local/demo/stage.ts'
import { startStack, type Stack } from '../../local/stack.ts'
import { freePorts } from '../openapi/free-ports.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const page = await readFile(join(root, 'docs/answers.md'), 'utf8')

/** Each question of the page with its commands. */
const questions = [...page.matchAll(/^### (.+)\n(?:(?!^#).*\n)*?```sh\n((?:.+\n)+?)```$/gm)].map(
  ([, question = '', commands = '']) => ({ question, commands: commands.trim().split('\n') }),
)

/** What the answer of each command must contain, in the order of the page. */
const expected: Readonly<Record<string, readonly RegExp[]>> = {
  'What happened to this card?': [/"status":"failed"/, /failed/],
  'I have an id and do not know of what': [/"orphan":false/, /partially_succeeded/],
  'What happened to this request, and what happens next?': [/"what":"accepted"/, /partially_succeeded/],
  "What do I send to Verizon's support?": [/<html/, /hash/],
  'Is it done?': [/"status":"partially_succeeded","final":true/],
  'Which devices failed, and why?': [/"status":"failed"/, /failed/],
  'What do I get if I order the failed devices again?': [/"deviceCount":2/, /2/],
  'Which of my requests did not succeed completely?': [/"status":"partially_succeeded"/],
  'Which devices of the account failed since then?': [/"status":"failed"/, /failed/],
  'Which errors are frequent, and what cures them?': [/"devices":\d/, /failed/],
  'What waits for my decision, and what will my answer do?': [/"answer":"retry"/, /unconfirmed|decision/i],
  'What would one answer do to many of them?': [/"digest":"/],
  'Which callbacks did the gateway not understand?': [/"reason":"not-an-object"/, /not-an-object/],
  'Which callbacks belong to no request?': [/nobody-knows-this-id/],
  'How are the accounts?': [/"served":\{"state":"served"/, /open requests/],
  'Do the results of the accounts arrive here?': [/"accountName"/, /CarrierService/i],
  'Does the gateway log in to ThingSpace?': [/"state":"open"/, /open/],
  // The lost answers of the setting have limited the calls.
  'Does ThingSpace take our calls?': [/"largestLimit":20/, /default +limited/],
  'Which messages failed so often that they were set aside?': [/"queue"/],
  'Who decided or changed what?': [/"act":"[^"]*cancel/, /operator/],
}

const upstream = z.object({ result: z.object({ upstreamRequestId: z.string() }) })

let folder: string
let stack: Stack
let environment: Record<string, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'answers-'))
  stack = await startStack(
    freePorts({
      LOCAL_FUNCTION_LOG: join(folder, 'functions.log'),
      LOCAL_ACCOUNTS: Object.values(accounts).join(','),
      LOCAL_SWEEP_EVERY_SECONDS: '1',
      LOCAL_SUMMARISE_EVERY_SECONDS: '1',
      LOCAL_LEASE_SECONDS: '24',
      LOCAL_GRACE_SECONDS: '27',
    }),
  )
  writeConnection(join(folder, 'connection.json'), stack.connection)
  const stage = await setStage({ stack, say: () => undefined, messagesTakenBy: () => 0 })
  // A submission whose answer is lost and that no callback explains waits for a decision.
  await stage.thingSpace.badDays([{ kind: 'reset-after-accept', accountName: accounts.lostAnswer, count: 2 }])
  const { requestId: lost } = await stage.order('download', {
    accountName: accounts.lostAnswer,
    servicePlan: 'M2M_4G',
    devices: [device('9016')],
  })
  // Another one is given up by an operator, which the audit shows.
  const givenUp = await stage.order('download', {
    accountName: accounts.lostAnswer,
    servicePlan: 'M2M_4G',
    devices: [device('9016')],
  })
  const operator = await stack.tokenFor({ subject: 'operator' })
  await stage.call('POST', `/v1/requests/${givenUp.requestId}/cancel`, {
    token: operator,
    body: { abandonUnconfirmed: true },
  })
  await orderAgain.play(stage)
  await stage.callBack(accounts.notUnderstood, 'this is not JSON')
  await stage.callBack(accounts.notUnderstood, {
    requestId: 'nobody-knows-this-id',
    status: 'SUCCESS',
    deviceIds: device('9001').deviceIds,
  })
  await stage.follow(lost, 'a decision is needed', ({ next }) => next?.what === 'decision')

  const token = await stack.tokenFor({ subject: 'demo-app' })
  const accountName = accounts.ordersAgain
  const listed = await fetch(`${stack.apiUrl}/v1/requests?accountName=${accountName}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { items } = (await listed.json()) as { items: { requestId: string; status: string; reorderOf?: string }[] }
  const { requestId } = items.find(({ status }) => status === 'partially_succeeded')!
  const failed = (await stage.devicesOf(requestId)).find(({ status }) => status === 'failed')
  environment = {
    API: stack.apiUrl,
    AUTH: `Authorization: Bearer ${token}`,
    ID: requestId,
    ICCID: iccidOf(failed as never),
    UPSTREAM: upstream.parse(failed).result.upstreamRequestId,
    ACCOUNT: accountName,
    FROM: new Date(Date.now() - 3_600_000).toISOString(),
    LOCAL_CONNECTION_FILE: join(folder, 'connection.json'),
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
  }
}, 180_000)
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true })
})

test('every question of docs/answers.md has an expected answer', () => {
  expect(questions.map(({ question, commands }) => [question, commands.length])).toEqual(
    Object.entries(expected).map(([question, answers]) => [question, answers.length]),
  )
})

test.each(questions)(
  '"$question" is answered by each of its calls',
  async ({ question, commands }) => {
    for (const [at, command] of commands.entries()) {
      const called = command.replace('npm run ops --', 'node ops/main.ts')
      // Some commands of the operators say with exit code 1 that they found something to do.
      const { stdout } = await run('sh', ['-c', called], { cwd: root, env: environment }).catch(
        (error: { code: number; stdout: string; stderr: string }) => {
          if (error.code !== 1) throw error
          return error
        },
      )
      expect(stdout).toMatch(expected[question]![at]!)
    }
  },
  60_000,
)
