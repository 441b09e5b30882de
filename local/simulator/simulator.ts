import { BadDay, createBadDays } from './bad-days.ts'
import { serveControl } from './control.ts'
import { createDelivery } from './callback/delivery.ts'
import { createCallbackSchedule } from './callback/callback-schedule.ts'
import { createClosableServer } from './closable-server.ts'
import { serveCall } from './api/serve-call.ts'
import { createIds } from './ids.ts'
import { createListeners } from './api/listeners.ts'
import { createOauth } from './api/oauth.ts'
import { createSessions } from './api/session.ts'
import { settingsFrom, type SimulatorOptions } from './settings.ts'
import { createSubmissions } from './api/submissions.ts'
import type { ThingSpaceSimulator } from './thingspace-simulator.ts'
import { createTimers } from './timers.ts'

/**
 * Creates a simulator of ThingSpace's profile API: its HTTP responses, its callbacks, and simulated faults ("bad days").
 * Call `start` to open its ports.
 */
export const createThingSpaceSimulator = (options: SimulatorOptions = {}): ThingSpaceSimulator => {
  const settings = settingsFrom(options)
  const readingAtStart = settings.reading
  const ids = createIds(settings.seed)
  const timers = createTimers()
  const badDayTimers = createTimers()
  const oauth = createOauth(settings, ids)
  const sessions = createSessions(settings, ids)
  const listeners = createListeners(settings, sessions.isLoginCredential)
  const delivery = createDelivery(settings, listeners, timers)
  const schedule = createCallbackSchedule(settings, delivery, timers)
  const submissions = createSubmissions(settings, ids, schedule)
  const badDays = createBadDays()
  const parts = { settings, oauth, sessions, listeners, submissions, badDays, timers }
  const server = createClosableServer(settings.host, settings.port, (request, response) =>
    serveCall(request, response, parts),
  )

  /** Switches faults on. A fault that happens once, such as an expired session, takes effect immediately. */
  const applyBadDays = async (days: readonly BadDay[]): Promise<void> => {
    badDayTimers.clear()
    const lasting = days.filter((day) => {
      if (day.count !== undefined) return true
      if (day.kind === 'expired-session') sessions.endAll()
      else if (day.kind === 'expired-token') oauth.expire('replaceable')
      else if (day.kind === 'stuck-token') oauth.expire('stuck')
      else return true
      return false
    })
    badDays.set(lasting)
    for (const day of lasting) {
      if (day.forMs !== undefined) badDayTimers.after(day.forMs, () => void endBadDay(day).catch(console.error))
    }
    await openOrCloseServer()
  }

  const endBadDay = async (day: BadDay) => {
    badDays.end(day)
    await openOrCloseServer()
  }

  const openOrCloseServer = async () => {
    if (badDays.list().some(({ kind }) => kind === 'refuse-connections')) server.close()
    else await server.open()
  }

  const simulator: ThingSpaceSimulator = {
    start: async () => {
      const port = await server.open()
      try {
        const controlPort = await controlServer.open()
        const baseUrl = `http://${settings.host}:${port}`
        return { baseUrl, controlUrl: `http://127.0.0.1:${controlPort}/control`, port, controlPort }
      } catch (error) {
        await server.stop()
        throw error
      }
    },
    stop: async () => {
      timers.clear()
      badDayTimers.clear()
      delivery.close()
      await Promise.all([server.stop(), controlServer.stop()])
    },
    reset: async (keep = []) => {
      delivery.reset()
      schedule.reset()
      timers.clear()
      submissions.reset()
      settings.reading = readingAtStart
      if (!keep.includes('listeners')) listeners.reset()
      if (!keep.includes('credentials')) {
        oauth.reset()
        sessions.reset()
      }
      await applyBadDays([])
    },
    idle: () => schedule.idle(),
    setBadDays: (days) => applyBadDays(days.map((day) => BadDay.parse(day))),
    badDays: () => badDays.list(),
    submissions: () => submissions.accepted(),
    callbacks: () => delivery.records(),
    logins: () => sessions.logins(),
    tokenRequests: () => oauth.requests(),
    listeners: () => listeners.all(),
    lockedUsers: () => sessions.lockedUsers(),
    unlock: () => sessions.unlock(),
    redeliver: (requestId) => delivery.redeliver(requestId),
    sendRawCallback: async (accountName, serviceName, body) => {
      const listener = listeners.find(accountName, serviceName)
      return listener === undefined ? undefined : delivery.sendRaw(listener.url, body)
    },
    strangerId: () => ids.uuid(),
    read: (reading) => {
      settings.reading = reading
    },
    settings,
  }
  // The control port has no authentication, so it listens on the loopback address only.
  const controlServer = createClosableServer('127.0.0.1', settings.controlPort, (request, response) =>
    serveControl(request, response, simulator),
  )
  return simulator
}
