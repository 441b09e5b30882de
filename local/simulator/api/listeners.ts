import * as z from 'zod'
import { type Answer, jsonAnswer } from './answers.ts'
import { refusal } from './errors.ts'
import { parseJson } from '../../parse-json.ts'
import type { SimulatorSettings } from '../settings.ts'

/** A callback registration: the URL to which ThingSpace sends the messages of one service of one account. */
export type Listener = {
  accountName: string
  serviceName: string
  url: string
  username?: string | undefined
  password?: string | undefined
}

const serviceNames = [
  'AlertService',
  'CarrierService',
  'DevicePRLInformation',
  'DeviceProfileService',
  'DevicePromoUsage',
  'DeviceService',
  'DeviceSuspensionStatus',
  'DeviceUsage',
  'DiagnosticsService',
  'EnhancedConnectivityService',
  'ExtendedEnhancedConnectivityService',
  'ExternalProvisioningChanges',
  'IntelligenceService',
  'NetworkEventService',
  'NiddService',
  'PromoChanges',
  'PwnService',
  'QoS',
  'ResumeTrackingNotification',
  'SMSDeliveryConfirmation',
  'StateService',
  'SubscriptionNotificationService',
  'VIPCallbackService',
] as const

/** Verizon's rules for listener credentials: at most 40 characters, and not the login credentials. */
const Credential = z.string().max(40, 'at most 40 characters')

const Registration = z.object({
  name: z.enum(serviceNames),
  url: z.url({ protocol: /^https?$/ }),
  username: Credential.optional(),
  password: Credential.optional(),
})

const allowedPorts: ReadonlyArray<readonly [first: number, last: number]> = [
  [80, 80],
  [443, 443],
  [9001, 9006],
  [50551, 50559],
  [28200, 28220],
]

const portAllowed = (url: URL, policy: SimulatorSettings['anyListenerPort']): boolean => {
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (policy === 'always' || (policy === 'loopback' && isLoopback)) return true
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return allowedPorts.some(([first, last]) => port >= first && port <= last)
}

/** Keeps the callback registrations, one for each account and service. A new one replaces the old one. */
export const createListeners = (settings: SimulatorSettings, isLoginCredential: (text: string) => boolean) => {
  const listeners = new Map<string, Listener>()
  const key = (accountName: string, serviceName: string) => `${accountName}\n${serviceName}`
  const find = (accountName: string, serviceName: string) => listeners.get(key(accountName, serviceName))
  const ofAccount = (accountName: string) => [...listeners.values()].filter((each) => each.accountName === accountName)

  const unknownAccount = (accountName: string): Answer | undefined =>
    settings.accounts === undefined || settings.accounts.includes(accountName)
      ? undefined
      : refusal('REQUEST_FAILED.AccountNotFound')

  return {
    register: (accountName: string, body: string): Answer => {
      const fault = unknownAccount(accountName)
      if (fault !== undefined) return fault
      const given = Registration.safeParse(parseJson(body))
      // ThingSpace does not document its codes here. This one means "elements missing or bad values".
      if (!given.success) return refusal('REQUEST_FAILED.UnexpectedError', z.prettifyError(given.error))
      const { name, url, username, password } = given.data
      if (!portAllowed(new URL(url), settings.anyListenerPort)) {
        const ports = '80, 443, 9001-9006, 50551-50559, 28200-28220'
        return refusal('REQUEST_FAILED.UnexpectedError', `the port of a callback URL must be one of ${ports}`)
      }
      if ([username, password].some((text) => text !== undefined && text !== '' && isLoginCredential(text))) {
        return refusal('REQUEST_FAILED.UnexpectedError', 'these credentials must not be the ones that log in')
      }
      listeners.set(key(accountName, name), { accountName, serviceName: name, url, username, password })
      return jsonAnswer(200, { accountName, serviceName: name })
    },

    /** Lists registrations with passwords in clear text, as ThingSpace does. */
    list: (accountName: string): Answer => unknownAccount(accountName) ?? jsonAnswer(200, ofAccount(accountName)),

    deregister: (accountName: string, serviceName: string): Answer => {
      const fault = unknownAccount(accountName)
      if (fault !== undefined) return fault
      return listeners.delete(key(accountName, serviceName))
        ? jsonAnswer(200, { accountName, serviceName })
        : refusal('REQUEST_FAILED.UnexpectedError', 'no listener is registered for this service')
    },

    find,

    /** The listener of a service, else that of the other service that may receive profile results. */
    findForResults: (accountName: string, serviceName: 'DeviceProfileService' | 'CarrierService') =>
      find(accountName, serviceName) ??
      find(accountName, serviceName === 'CarrierService' ? 'DeviceProfileService' : 'CarrierService'),

    all: (): readonly Listener[] => [...listeners.values()],
    reset: (): void => listeners.clear(),
  }
}

export type Listeners = ReturnType<typeof createListeners>
