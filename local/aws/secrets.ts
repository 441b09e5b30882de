import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import * as z from 'zod'
import type { Resources } from '../deployment/resources.ts'
import { readBody } from '../http-api/call.ts'
import { readKept, writeKept } from '../kept-json.ts'
import { listen, stopServer } from '../listen.ts'
import { accountId } from './account.ts'

const Version = z.object({ id: z.string(), text: z.string(), createdAt: z.number() })
const Versions = z.object({ AWSCURRENT: Version, AWSPREVIOUS: Version.optional() })
const KeptSecrets = z.record(z.string(), Versions)
type Version = z.infer<typeof Version>
type Secret = { name: string; arn: string; versions: z.infer<typeof Versions> }

const Get = z.object({
  SecretId: z.string(),
  VersionStage: z.enum(['AWSCURRENT', 'AWSPREVIOUS']).default('AWSCURRENT'),
})
const Put = z.object({ SecretId: z.string(), SecretString: z.string() })

export type RunningSecrets = {
  endpoint: string
  /** ARNs by logical id. */
  arns: ReadonlyMap<string, string>
  valueOf: (id: string) => string
  stop: () => Promise<void>
}

type Options = {
  region: string
  secrets: Resources['secrets']
  values: Readonly<Record<string, string>>
  /** The file that keeps the secrets changed by functions across restarts. */
  file?: string | undefined
}

/**
 * Starts an emulator of Secrets Manager with the two operations that functions use: GetSecretValue by name or ARN, for
 * AWSCURRENT or AWSPREVIOUS, and PutSecretValue. `values` sets secrets by logical id; others are generated.
 */
export async function startSecrets({ region, secrets, values, file }: Options): Promise<RunningSecrets> {
  const changed = (file === undefined ? undefined : readKept(file, KeptSecrets)) ?? {}
  const all = [...secrets].map(([name, { GenerateSecretString }]): Secret => {
    const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-local0`
    const versions = changed[name] ?? { AWSCURRENT: version(values[name] ?? generated(GenerateSecretString)) }
    return { name, arn, versions }
  })
  const find = (id: string) => all.find(({ name, arn }) => id === name || id === arn)

  const keep = ({ name, versions }: Secret) => {
    changed[name] = versions
    if (file !== undefined) writeKept(file, changed)
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request, 1024 * 1024)
      const target = String(request.headers['x-amz-target'] ?? '')
      try {
        const input: unknown = JSON.parse(body?.toString() ?? '')
        answer(response, { target, input }, { find, changed: keep })
      } catch {
        send(response, 400, { __type: 'InvalidRequestException', message: 'The request could not be read.' })
      }
    })()
  })
  const port = await listen(server, { port: 0, setting: '', what: 'secrets' })
  return {
    endpoint: `http://127.0.0.1:${port}`,
    arns: new Map(all.map(({ name, arn }) => [name, arn])),
    valueOf: (id) => {
      const text = find(id)?.versions.AWSCURRENT?.text
      if (text === undefined) throw new Error(`there is no secret ${id}`)
      return text
    },
    stop: async () => stopServer(server),
  }
}

const version = (text: string): Version => ({ id: randomUUID(), text, createdAt: Date.now() / 1000 })

type Generate = {
  SecretStringTemplate?: string | undefined
  GenerateStringKey?: string | undefined
  PasswordLength: number
}

function generated(how: Generate | undefined): string {
  if (how === undefined) return ''
  const password = randomBytes(how.PasswordLength).toString('hex').slice(0, how.PasswordLength)
  if (how.SecretStringTemplate === undefined || how.GenerateStringKey === undefined) return password
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(how.SecretStringTemplate))
  return JSON.stringify({ ...template, [how.GenerateStringKey]: password })
}

type Secrets = { find: (id: string) => Secret | undefined; changed: (secret: Secret) => void }

type Received = { target: string; input: unknown }

function answer(response: ServerResponse, { target, input }: Received, { find, changed }: Secrets) {
  const missing = () =>
    send(response, 400, {
      __type: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    })
  switch (target) {
    case 'secretsmanager.GetSecretValue': {
      const { SecretId, VersionStage } = Get.parse(input)
      const secret = find(SecretId)
      const found = secret?.versions[VersionStage]
      if (secret === undefined || found === undefined) return missing()
      const { name: Name, arn: ARN } = secret
      const { id: VersionId, text: SecretString, createdAt: CreatedDate } = found
      return send(response, 200, { ARN, Name, VersionId, SecretString, CreatedDate, VersionStages: [VersionStage] })
    }
    case 'secretsmanager.PutSecretValue': {
      const { SecretId, SecretString } = Put.parse(input)
      const secret = find(SecretId)
      if (secret === undefined) return missing()
      const { AWSCURRENT: replaced } = secret.versions
      const current = version(SecretString)
      secret.versions = { AWSCURRENT: current, AWSPREVIOUS: replaced }
      changed(secret)
      const { name: Name, arn: ARN } = secret
      return send(response, 200, { ARN, Name, VersionId: current.id, VersionStages: ['AWSCURRENT'] })
    }
    default:
      return send(response, 400, { __type: 'UnknownOperationException', message: `${target} is not emulated.` })
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(body))
}
