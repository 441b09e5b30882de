import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { Flow } from '../../lib/profile/flow-control/flow.ts'
import { connectSecrets, thingSpaceSecrets } from '../../lib/secrets.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import { flowStore } from '../../lib/store/credentials/flows.ts'
import { connectTable } from '../../lib/store/table/table.ts'
import { fingerprintOf } from '../../lib/thingspace/credentials/login-latch.ts'
import type { Stack } from '../../local/stack.ts'
import { read } from './orders.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

type Items<Item> = { items: Item[] }
type Latch = { credentialSet: string; state: string; failedLogins: number }

const latchesOf = async (stack: Stack) => ((await read(stack, '/v1/operate/latches')) as Items<Latch>).items
const flowsOf = async (stack: Stack) =>
  ((await read(stack, '/v1/operate/flows')) as Items<{ state: string; pausedUntil: string | null }>).items
const lettersOf = async (stack: Stack) =>
  ((await read(stack, '/v1/operate/dead-letters')) as Items<{ queue: string; count: number }>).items.find(
    ({ queue }) => queue === 'callbacks',
  )?.count

/** Closes the latch of the credential set as two failed logins with its secret do. The tokens stay. */
async function closeLatch({ dynamoDb, connection }: Stack): Promise<void> {
  const [tableName = ''] = dynamoDb.tables
  const secrets = thingSpaceSecrets(connectSecrets(Date.now), connection.environment['THINGSPACE_SECRET_ID'] ?? '')
  const store = credentialStore(connectTable({ tableName, retainSeconds: 3600, clock: Date.now }))
  const record = (await store.read('default')) ?? { epoch: 0, failedLogins: 0 }
  const failedSecret = fingerprintOf(await secrets.thingSpaceSecret('default'))
  await store.save('default', record.epoch, { ...record, failedLogins: 2, failedSecret })
}

/** Stops the calls of the credential set, as many failed ones do. Returns how to undo it. */
async function stopCalls({ dynamoDb }: Stack): Promise<() => Promise<void>> {
  const [tableName = ''] = dynamoDb.tables
  const store = flowStore(connectTable({ tableName, retainSeconds: 3600, clock: Date.now }))
  const save = async (over: { limit: number; failures: number; stops: number; pause?: Flow['pause'] }) => {
    const seen = (await store.readFlow('default'))?.revision
    const next = { revision: (seen ?? 0) + 1, loweredAt: Date.now(), successes: 0, slots: {}, ...over }
    expect(await store.saveFlow('default', next, seen)).toEqual({ kind: 'saved' })
  }
  await save({ limit: 1, failures: 7, stops: 3, pause: { until: Date.now() + 600_000, why: 'failing' } })
  return () => save({ limit: 20, failures: 0, stops: 0 })
}

/** Puts a callback, which nobody can understand, among the dead letters. */
async function addDeadLetter({ connection }: Stack, message: unknown): Promise<void> {
  await new SQSClient().send(
    new SendMessageCommand({
      QueueUrl: connection.queues['CallbacksDeadLetters'] ?? '',
      MessageBody: JSON.stringify(message),
      MessageAttributes: { accountName: { DataType: 'String', StringValue: accountName } },
    }),
  )
}

/** What an operator repairs after an outage. */
export function registerRepairs({ stage }: Scene): void {
  describe('after an outage', () => {
    test('an operator opens a closed login latch, which forgets the failed logins that were shown', async () => {
      const { stack } = stage()
      await closeLatch(stack)
      expect(await latchesOf(stack)).toEqual([{ credentialSet: 'default', state: 'closed', failedLogins: 2 }])
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/logins')
      await visit.sees('stopped')
      await visit.click('Open the latch…')
      await visit.sees('The gateway forgets 2 failed logins and tries two more.')
      // Nothing happens before the count is typed.
      expect(await visit.page.$eval('dialog button.primary', (button) => button.matches(':disabled'))).toBe(true)
      await visit.page.type('input[name=count]', '2')
      await visit.click('Open')
      await visit.sees('logs in')
      expect(await latchesOf(stack)).toEqual([{ credentialSet: 'default', state: 'open', failedLogins: 0 }])
      await visit.close()
    })

    test('an operator sees on the overview that calls have stopped, and ends the pause', async () => {
      const { stack } = stage()
      const undo = await stopCalls(stack)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/overview')
      await visit.sees('credential set holds its orders')
      await visit.page.locator('a.tile[href="#/logins"]').click()
      await visit.sees('1 of 20, 0 under way')
      await visit.click('End the pause…')
      await visit.sees('tries ThingSpace with a harmless call first')
      expect(await flowsOf(stack)).toMatchObject([{ state: 'stopped', pausedBecause: 'failing' }])
      await visit.click('End the pause')
      await expect.poll(() => flowsOf(stack), { timeout: 20_000 }).toMatchObject([{ pausedUntil: null }])
      await visit.page.waitForFunction("!document.body.innerText.includes('End the pause')")
      expect(await visit.violations()).toEqual([])
      await undo()
      await visit.close()
    })

    test('an operator sends back exactly the dead letters that the preview counted', async () => {
      const { stack } = stage()
      const quarantined = async () =>
        ((await read(stack, '/v1/operate/quarantine?limit=100')) as Items<{ id: string }>).items.length
      const before = await quarantined()
      for (const dead of ['first', 'second']) await addDeadLetter(stack, { dead })
      expect(await lettersOf(stack)).toBe(2)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/dead-letters')
      await visit.sees('Results that could not be recorded')
      await visit.click('Send back…')
      await visit.sees('Sends up to 2 messages back')
      await visit.sees(`2 account ${accountName}`)
      expect(await lettersOf(stack)).toBe(2)
      await visit.page.type('input[name=count]', '2')
      await visit.click('Send back')
      await visit.sees('2 messages sent back, 0 left')
      expect(await lettersOf(stack)).toBe(0)
      await expect.poll(quarantined, { timeout: 20_000, interval: 200 }).toBe(before + 2)
      await visit.close()
    })
  })
}
