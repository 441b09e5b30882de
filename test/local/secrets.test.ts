import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningSecrets, startSecrets } from '../../local/aws/secrets.ts'
import { region } from './builders.ts'

let running: RunningSecrets
let client: SecretsManagerClient

beforeEach(async () => {
  const generate = { SecretStringTemplate: '{"username":"us"}', GenerateStringKey: 'current', PasswordLength: 40 }
  running = await startSecrets({
    region,
    secrets: new Map([
      ['Given', {}],
      ['Made', { GenerateSecretString: generate }],
    ]),
    values: { Given: 'first' },
  })
  client = new SecretsManagerClient({ endpoint: running.endpoint, maxAttempts: 1 })
})
afterEach(async () => {
  client.destroy()
  await running.stop()
})

test('a secret is found by its name and by its ARN', async () => {
  for (const SecretId of ['Given', running.arns.get('Given')]) {
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: 'first' })
  }
})

test('a new value of a secret is current at once, and the one before is readable as previous', async () => {
  await client.send(new PutSecretValueCommand({ SecretId: 'Given', SecretString: 'second' }))

  const read = async (VersionStage: string) =>
    (await client.send(new GetSecretValueCommand({ SecretId: 'Given', VersionStage }))).SecretString
  expect([await read('AWSCURRENT'), await read('AWSPREVIOUS')]).toEqual(['second', 'first'])
})

test('a secret without a value gets a generated one, as serverless.yml specifies', async () => {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: 'Made' }))

  expect(JSON.parse(SecretString)).toEqual({ username: 'us', current: expect.stringMatching(/^\w{40}$/) })
})

test('a missing secret causes the error that the SDK defines', async () => {
  const asking = client.send(new GetSecretValueCommand({ SecretId: 'Gone' }))

  await expect(asking).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
