import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { connectSecrets, thingSpaceSecrets } from '../../lib/secrets.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import { connectTable } from '../../lib/store/table/table.ts'
import { fingerprintOf } from '../../lib/thingspace/credentials/login-latch.ts'
import type { Stack } from '../../local/stack.ts'
import { read } from './orders.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

type Items<Item> = { items: Item[] }
type Latch = { credentialSet: string; state: string; failedLogins: number }

const latchesOf = async (stack: Stack) => ((await read(stack, '/v1/operate/latches')) as Items<Latch>).items
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
