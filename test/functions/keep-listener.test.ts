import { describe, expect, test } from 'vitest'
import { createHandler } from '../../functions/keep-listener.ts'
import type { CallbackCredentials } from '../../lib/profile/request/callback.ts'
import type { KeepDependencies } from '../../lib/profile/listener/keep-listener.ts'
import type { CallbackListeners } from '../../lib/profile/listener/registrations.ts'
import { eventsOfListener } from '../../lib/profile/listener/listener-events.ts'
import type { ListenerRecord } from '../../lib/profile/listener/listener-store.ts'
import type { Log } from '../../lib/profile/ports.ts'
import { type ListenerSecret, rotateListener } from '../../lib/profile/listener/rotate-listener.ts'
import type { ScheduledEvent } from 'aws-lambda'
import { account, context } from '../builders.ts'
import { createWorld, credentials, listenerSecret } from '../fakes/world.ts'

const otherAccount = '4 3TOM HPN2 S'
const segment = 'segment-sentinel'
const urlFor = (accountName: string) => `https://gateway.test/callbacks/${segment}/${encodeURIComponent(accountName)}`
const services = ['DeviceProfileService', 'CarrierService'] as const
const previous = { username: listenerSecret.username, password: listenerSecret.previous ?? '' }

type Registration = { accountName: string; serviceName: string; url: string; credentials: CallbackCredentials }

/** ThingSpace's registrations: one per service and account. A new one replaces the old one if `replaces` is set. */
function createFakeListeners({ replaces = true }: { replaces?: boolean } = {}) {
  let registrations: Registration[] = []
  const changes: string[] = []
  const failing = new Set<string>()
  const failure = { kind: 'failed', cause: 'unavailable', error: { status: 503, code: '503' } } as const
  const isThat = (accountName: string, service: string) => (registration: Registration) =>
    registration.accountName === accountName && registration.serviceName.toLowerCase() === service.toLowerCase()
  const listeners: CallbackListeners = {
    async list(accountName) {
      if (failing.has(accountName)) return failure
      return {
        kind: 'listed',
        registrations: registrations
          .filter((registration) => registration.accountName === accountName)
          .map(({ serviceName, url, credentials: registered }) => ({
            serviceName,
            url,
            carries: ({ username, password }) => registered.username === username && registered.password === password,
          })),
      }
    },
    async register({ accountName, service, url, credentials: given }) {
      changes.push(`register ${service}`)
      if (failing.has(service)) return failure
      const known = registrations.find(isThat(accountName, service))
      if (known !== undefined && !replaces) return failure
      registrations = registrations.filter((registration) => registration !== known)
      registrations.push({ accountName, serviceName: service, url, credentials: given })
      return { kind: 'registered' }
    },
    async deregister(accountName, service) {
      changes.push(`deregister ${service}`)
      registrations = registrations.filter((registration) => !isThat(accountName, service)(registration))
      return { kind: 'deregistered' }
    },
  }
  return {
    listeners,
    changes,
    /** Accounts that cannot be listed, and services that cannot be registered. */
    failing,
    registrations: () => registrations,
    has(...given: Partial<Registration>[]) {
      for (const one of given) {
        registrations.push({
          accountName: account,
          serviceName: 'DeviceProfileService',
          url: urlFor(account),
          credentials,
          ...one,
        })
      }
    },
  }
}

/** One hourly run. */
function keep(
  fake: ReturnType<typeof createFakeListeners>,
  over: Partial<KeepDependencies> = {},
  world = createWorld(),
): Promise<Record<string, number>> {
  return createHandler(
    async () => ({
      listeners: fake.listeners,
      accounts: [account],
      takeOver: false,
      urlFor,
      credentials,
      stopAt: world.now() + 20_000,
      store: world.store,
      audit: world.auditOf('gateway'),
      by: 'gateway',
      clock: world.now,
      log: world.log,
      ...over,
    }),
    world,
  )({} as ScheduledEvent, context)
}

const ours = services.map((serviceName) => ({ accountName: account, serviceName, url: urlFor(account), credentials }))

describe('keep-listener', () => {
  test('registers a missing listener for each service that sends results', async () => {
    const fake = createFakeListeners()

    const counts = await keep(fake)

    expect(fake.registrations()).toEqual(ours)
    expect(counts).toMatchObject({ repaired: 2, absent: 0, current: 0 })
  })

  test('leaves a current registration unchanged', async () => {
    const fake = createFakeListeners()
    fake.has(...ours)

    const counts = await keep(fake)

    expect(fake.changes).toEqual([])
    expect(counts).toMatchObject({ current: 2, repaired: 0 })
  })

  test('recognises a registration whose service name has another casing', async () => {
    const fake = createFakeListeners()
    fake.has(...ours.map((one) => ({ ...one, serviceName: one.serviceName.toUpperCase() })))

    expect(await keep(fake)).toMatchObject({ current: 2 })
  })

  test('renews a registration that has an old password', async () => {
    const fake = createFakeListeners()
    fake.has(ours[1]!, { ...ours[0], credentials: previous })

    const counts = await keep(fake)

    expect(fake.changes).toEqual(['register DeviceProfileService'])
    expect(fake.registrations()).toEqual([ours[1], ours[0]])
    expect(counts).toMatchObject({ current: 1, repaired: 1, 'old-credentials': 0 })
  })

  test('records the message of ThingSpace when it refuses a registration', async () => {
    const world = createWorld()
    const fake = createFakeListeners()
    fake.failing.add('DeviceProfileService')

    const counts = await keep(fake, {}, world)

    expect(counts).toMatchObject({ absent: 1, repaired: 1 })
    expect(world.itemsOf('listener')).toContainEqual(
      expect.objectContaining({ service: 'DeviceProfileService', state: 'absent', refusal: 'unavailable 503 503' }),
    )
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'listener drifted',
        fields: expect.objectContaining({ refusal: 'unavailable 503 503' }),
      }),
    )
  })

  test('deregisters first if ThingSpace does not replace a registration', async () => {
    const fake = createFakeListeners({ replaces: false })
    fake.has(ours[1]!, { ...ours[0], credentials: previous })

    const counts = await keep(fake)

    expect(fake.changes).toEqual([
      'register DeviceProfileService',
      'deregister DeviceProfileService',
      'register DeviceProfileService',
    ])
    expect(counts).toMatchObject({ current: 1, repaired: 1 })
  })

  test('leaves, counts and reports a registration that has another address', async () => {
    const world = createWorld()
    const fake = createFakeListeners()
    fake.has(ours[1]!, { url: 'https://elsewhere.test/callbacks' })

    const counts = await keep(fake, {}, world)
    await world.stream()
    await keep(fake, {}, world)
    await world.stream()

    expect(fake.changes).toEqual([])
    expect(counts).toMatchObject({ current: 1, 'other-address': 1 })
    expect(world.topic.published).toMatchObject([
      { type: 'listener.drifted', subject: account, service: 'DeviceProfileService', status: 'other-address' },
    ])
    expect(world.log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'listener drifted' }))
  })

  test.each([{ replaces: true }, { replaces: false }])(
    'takes over another address if the setting allows it (ThingSpace replaces: $replaces)',
    async ({ replaces }) => {
      const fake = createFakeListeners({ replaces })
      fake.has(ours[1]!, { url: 'https://elsewhere.test/callbacks' })

      const counts = await keep(fake, { takeOver: true })

      expect(fake.registrations()).toEqual([ours[1], ours[0]])
      expect(counts).toMatchObject({ current: 1, repaired: 1, 'other-address': 0 })
    },
  )

  test('reports a lost registration each time it is lost', async () => {
    const world = createWorld()
    const fake = createFakeListeners()
    const elsewhere = { url: 'https://elsewhere.test/callbacks' }
    for (const registration of [{ ...ours[0], ...elsewhere }, ours[0]!, { ...ours[0], ...elsewhere }]) {
      fake.registrations().splice(0)
      fake.has(ours[1]!, registration)
      world.advance(3_600)
      await keep(fake, {}, world)
      await world.stream()
    }

    expect(world.topic.told()).toEqual(['listener.drifted other-address', 'listener.drifted other-address'])
    expect(new Set(world.topic.published.map(({ id }) => id)).size).toBe(2)
  })
})

describe('a failure of keep-listener', () => {
  test('is counted and does not block other accounts and services', async () => {
    const fake = createFakeListeners()
    fake.failing.add('broken')
    fake.failing.add('CarrierService')

    const counts = await keep(fake, { accounts: ['broken', account, otherAccount] })

    expect(counts).toEqual({
      current: 0,
      repaired: 2,
      absent: 2,
      'other-address': 0,
      'old-credentials': 0,
      'not-known': 2,
    })
    const byAccount = fake.registrations().toSorted((one, other) => (one.accountName < other.accountName ? -1 : 1))
    expect(byAccount).toMatchObject([
      { accountName: account, serviceName: 'DeviceProfileService' },
      {
        accountName: otherAccount,
        serviceName: 'DeviceProfileService',
        url: `https://gateway.test/callbacks/${segment}/4%203TOM%20HPN2%20S`,
      },
    ])
  })

  test('to answer in time leaves the other registrations unchecked, and the next runs check them', async () => {
    const world = createWorld()
    const accounts = ['one', 'two', 'three', 'four']
    const fake = createFakeListeners()
    const { listeners } = fake
    const slow: CallbackListeners = {
      ...listeners,
      list: (accountName) => (world.advance(9), listeners.list(accountName)),
      register: (listener) => (world.advance(9), listeners.register(listener)),
    }
    const durations: number[] = []
    for (let hour = 0; hour < 8; hour += 1) {
      const startedAt = world.now()
      await keep(fake, { accounts, listeners: slow }, world)
      durations.push((world.now() - startedAt) / 1000)
      world.advance(3600)
    }

    expect(Math.max(...durations)).toBeLessThan(51)
    expect(new Set(fake.registrations().map(({ accountName }) => accountName))).toEqual(new Set(accounts))
  })

  test('to answer in time never leaves a registration removed', async () => {
    const world = createWorld()
    const fake = createFakeListeners({ replaces: false })
    fake.has({ credentials: previous, url: 'https://other.test' })
    const { listeners } = fake
    const slow = { ...listeners, list: (accountName: string) => (world.advance(11), listeners.list(accountName)) }

    await keep(fake, { listeners: slow, takeOver: true }, world)

    expect(fake.changes).not.toContain('deregister DeviceProfileService')
    expect(fake.registrations()).toHaveLength(1)
  })

  test('to read the secret fails the run and changes nothing', async () => {
    const fake = createFakeListeners()
    const run = createHandler(() => Promise.reject(new Error('no secret')), createWorld())

    await expect(run({} as ScheduledEvent, context)).rejects.toThrow('no secret')
    expect(fake.changes).toEqual([])
  })
})

test('keep-listener never logs, stores or publishes a password or the secret part of the address', async () => {
  const world = createWorld()
  const fake = createFakeListeners({ replaces: false })
  fake.has({ credentials: previous }, { serviceName: 'CarrierService', url: `https://elsewhere.test/${segment}` })
  fake.failing.add('broken')

  await keep(fake, { accounts: [account, 'broken', otherAccount], takeOver: true }, world)
  await world.stream()

  const everything = world.log.text() + JSON.stringify([world.items(), world.topic.published])
  expect(everything).toContain('listener kept')
  expect(everything).not.toContain('sentinel')
})

describe('the listener password', () => {
  const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const day = 24 * 3_600_000
  async function rotated(secret: ListenerSecret, now: number, everyDays = 30) {
    const saved: ListenerSecret[] = []
    const answer = await rotateListener({
      readSecret: async () => secret,
      saveSecret: async (next) => void saved.push(next),
      everyDays,
      newPassword: () => 'new-password',
      audit: createWorld().auditOf('gateway'),
      clock: () => now,
      log: silent,
    })
    return { answer, saved }
  }
  const firstCredentials = { username: 'gateway', password: 'first' }

  test('is rotated when it is due and registered by the next run, when every environment has read it', async () => {
    const { answer, saved } = await rotated({ username: 'gateway', current: 'first', rotatedAt: 0 }, 30 * day)
    expect(saved).toEqual([{ username: 'gateway', current: 'new-password', previous: 'first', rotatedAt: 30 * day }])
    expect(answer).toEqual({ credentials: firstCredentials })
    expect((await rotated(saved[0]!, 30 * day + 3_600_000)).answer).toEqual({
      credentials: { username: 'gateway', password: 'new-password' },
      previous: firstCredentials,
    })
  })

  test('is not registered by an immediate second run, because other environments may still have only the old password', async () => {
    const secret = { username: 'gateway', current: 'new-password', previous: 'first', rotatedAt: 30 * day }
    expect((await rotated(secret, 30 * day + 2000)).answer).toEqual({
      credentials: firstCredentials,
      previous: { username: 'gateway', password: 'new-password' },
    })
  })

  test.each([
    ['not old enough', 30 * day - 1, 30],
    ['configured never to be rotated', 3000 * day, 0],
  ])('is not rotated if it is %s', async (_why, now, everyDays) => {
    const { saved } = await rotated({ username: 'gateway', current: 'first', rotatedAt: 0 }, now, everyDays)
    expect(saved).toEqual([])
  })
})

describe('an event about a listener is published only for a drift or its repair', () => {
  const record = (state: string, checkedAt: number): ListenerRecord => ({
    accountName: account,
    service: 'DeviceProfileService',
    state,
    checkedAt,
  })
  test.each([
    ['found drifted', record('current', 1), record('other-address', 2), ['other-address']],
    ['still drifted', record('other-address', 1), record('other-address', 2), []],
    ['repaired', record('current', 1), record('repaired', 2), ['repaired']],
    ['repaired again', record('repaired', 1), record('repaired', 2), ['repaired']],
    ['the first registration', undefined, record('repaired', 2), []],
    ['current', record('current', 1), record('current', 2), []],
  ])('if the listener is: %s', (_about, before, after, told) => {
    expect(eventsOfListener(before, after).map(({ type, status }) => `${type} ${status}`)).toEqual(
      told.map((status) => `listener.drifted ${status}`),
    )
  })
})
