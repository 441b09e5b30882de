import { connectThingSpace } from '../../../lib/thingspace/connect.ts'
import { eidOf, iccidOf } from '../../builders.ts'
import { CredentialStorm } from '../../simulation/credential-storm.ts'
import { noFaults } from '../../simulation/plan.ts'
import { cannedSecrets, sealedRecord } from './canned-credentials.ts'
import { startCannedCloud } from './start-canned-cloud.ts'

/** The connections that one environment opens to ThingSpace for a number of calls, half of them concurrent. */
export async function socketsOf(calls: number): Promise<number> {
  const cloud = await startCannedCloud()
  const sealed = await sealedRecord(Date.now() + 86_400_000)
  try {
    const thingSpace = connectThingSpace({
      baseUrl: `${cloud.url}/api`,
      credentialSets: {},
      credentialStore: {
        read: async () => sealed,
        takeLease: async () => ({ taken: false }),
        save: async () => ({ saved: false }),
      },
      secrets: cannedSecrets,
      clock: Date.now,
      random: Math.random,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })
    const submit = async (index: number) => {
      const outcome = await thingSpace.submit({
        accountName: 'account',
        action: 'enable',
        family: 'local',
        fields: {},
        devices: [
          [
            { kind: 'eid', id: eidOf(index) },
            { kind: 'iccid', id: iccidOf(index) },
          ],
        ],
        budgetMilliseconds: 20_000,
      })
      if (outcome.kind !== 'accepted') throw new Error(`a call was ${outcome.kind}`)
    }
    const half = Math.ceil(calls / 2)
    for (let index = 0; index < half; index += 1) await submit(index)
    await Promise.all(Array.from({ length: calls - half }, (_, index) => submit(half + index)))
    return await cloud.connections()
  } finally {
    cloud.stop()
  }
}

/** The logins of many environments that find the same session expired, in virtual time, without the first login. */
export async function loginsOf(environments: number): Promise<number> {
  const storm = new CredentialStorm(1, noFaults)
  for (let index = 0; index < environments; index += 1) storm.environment(index === 0 ? 0 : 20_000, 2)
  storm.scheduler.after(50_000, () => {
    storm.server.session = 'ended'
  })
  await storm.scheduler.run()
  const accepted = storm.outcomes.filter((outcome) => outcome !== 'crashed' && outcome.kind === 'accepted').length
  if (accepted !== 2 * environments) throw new Error(`${accepted} of ${2 * environments} calls were accepted`)
  return storm.server.logins - 1
}
