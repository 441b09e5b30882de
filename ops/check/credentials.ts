import { inspectLatch, type Latch } from '../../lib/thingspace/credentials/open-latch.ts'
import { attempt, causeOf, fail, type Finding, ok, unknown, warn } from './finding.ts'
import { callsFinding } from './calls.ts'
import type { Check, CheckSources } from './sources.ts'

/** Names that AWS gives to a refusal for want of a permission. */
const denied = /AccessDenied|NotAuthorized|ExpiredToken|UnrecognizedClient|CredentialsProvider/

/** Causes of a failed call that say nothing about the credentials. */
const outage = /^(credentials )?(unreachable|throttled|unavailable|no-answer|429|5\d\d)\b/

/**
 * ThingSpace's secret, the login latch, limits of calls, and one call per credential set. A call logs in only if no
 * session is stored. Verizon locks the user at five failed logins, so no call is made for a set that has a failed login
 * already.
 */
export const checkCredentials: Check = async (sources, command) => {
  const found: Finding[] = []
  const sets = sources.latches().credentialSets
  for (const set of sets) {
    const secret = await secretFinding(set, sources)
    found.push(secret)
    const [latch] = await latchOf(set, sources, command)
    found.push(latch.finding)
    found.push(...(await attempt(`calls ${set}`, async () => callsFinding(set, sources, command))))
    const isSafe = secret.state === 'ok' && latch.value?.state === 'open' && latch.value.failedLogins === 0
    found.push(...(await attempt(`login ${set}`, async () => loginFinding({ set, isSafe }, sources, command))))
  }
  return found
}

async function secretFinding(set: string, { latches }: CheckSources): Promise<Finding> {
  const name = `secret ${set}`
  try {
    await latches().dependencies.secrets.thingSpaceSecret(set, { fresh: true })
    return ok(name, "ThingSpace's secret has this credential set")
  } catch (error) {
    if (error instanceof Error && denied.test(error.name)) {
      return unknown(name, `the secret could not be read: ${error.name}`, 'allow secretsmanager:GetSecretValue')
    }
    const words = error instanceof Error && error.name === 'Error' ? error.message : 'it is not set, or not in its form'
    return fail(
      name,
      `ThingSpace's secret cannot be used: ${words}`,
      'aws secretsmanager put-secret-value --secret-id <ThingSpaceSecretArn> --secret-string file://thingspace.json (docs/deploying.md, step 1)',
    )
  }
}

type JudgedLatch = { finding: Finding; value: Latch | undefined }

async function latchOf(
  set: string,
  { latches }: CheckSources,
  command: (words: string) => string,
): Promise<[JudgedLatch]> {
  const name = `latch ${set}`
  try {
    const latch = await inspectLatch(set, latches().dependencies)
    return [{ finding: latchFinding(name, latch, command), value: latch }]
  } catch (error) {
    return [{ finding: unknown(name, `the latch could not be read: ${causeOf(error)}`), value: undefined }]
  }
}

function latchFinding(name: string, latch: Latch, command: (words: string) => string): Finding {
  switch (latch.state) {
    case 'closed':
      return fail(
        name,
        'logins failed, and the gateway tries no more; requests wait',
        `correct the secret, or fix the cause and then: ${command(`latch open ${latch.credentialSet}`)}`,
      )
    case 'unknown':
      return unknown(name, 'the latch closed, and the secret cannot be read to see if it was changed since')
    case 'changed':
      return ok(name, 'logins failed, but the secret was changed since')
    case 'open':
      return latch.failedLogins === 0
        ? ok(name, 'no login has failed')
        : warn(
            name,
            `${latch.failedLogins} login has failed; the next failure closes the latch`,
            'correct the secret before the next login',
          )
  }
}

async function loginFinding(
  { set, isSafe }: { set: string; isSafe: boolean },
  sources: CheckSources,
  command: (words: string) => string,
): Promise<Finding> {
  const name = `login ${set}`
  const account = sources.accounts().find((each) => sources.credentialSetOf(each) === set)
  if (account === undefined) return unknown(name, 'no account of listenerAccounts uses this set, so no call was made')
  if (!isSafe) {
    return unknown(name, 'no call was made: another failed login could close the latch or lock the user')
  }
  const [first] = await (await sources.listeners()).inspect(account)
  if (first?.state !== 'not-known') return ok(name, 'ThingSpace accepts the credentials')
  const cause = first.cause ?? 'no cause'
  if (outage.test(cause)) {
    return fail(
      name,
      `ThingSpace did not serve a call, whatever the credentials: ${cause}`,
      `see "an outage of ThingSpace" in docs/operations.md; ${command('flow')} shows whether orders are held`,
    )
  }
  return fail(
    name,
    `ThingSpace did not accept a call with these credentials: ${cause}`,
    `compare the secret with Verizon's portal; ${command('latch')} shows failed logins`,
  )
}
