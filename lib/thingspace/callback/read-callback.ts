import { hash } from 'node:crypto'
import type { CallbackCredentials, CallbackReading, NormalisedCallback } from '../../profile/request/callback.ts'
import { carrierAnswer, errorIn, faultIn } from './fault.ts'
import { assignedIn } from './assigned.ts'
import { mergeIdentifiers, namesDevice } from './identifiers.ts'
import { type CallbackShape, shapeOf, withDeviceIds } from './shape.ts'
import { largestCallback, parseCallbackText } from './text.ts'
import { type Branch, branchAt, branchesIn, plantTree, textAt, unescapeTwice } from './tree.ts'
import { verdictOf, type CallbackEvidence } from './verdict.ts'
import { redactParsed, redactText } from './redact.ts'
import { canonicalId } from '../upstream-id.ts'

/**
 * Reads the body of one callback, in any of its four shapes. Never throws. An ambiguous or unknown message is
 * `not-understood`, with a stable reason that metrics count. Only `credentials` in the result holds credentials.
 */
export function readCallback(bodyText: string, { largest = largestCallback } = {}): CallbackReading {
  const text = parseCallbackText(bodyText, largest)
  if (text.kind === 'rejected') {
    const { reason } = text
    return { kind: 'not-understood', reason, redacted: redactText(bodyText), credentials: undefined }
  }
  const { message, members } = text
  const credentials = credentialsIn(message)
  const raw = redactParsed(message)
  const tree = plantTree(message, members)
  const callback = tree.kind === 'ambiguous' ? 'ambiguous-members' : normalise(tree.root, raw)
  return typeof callback === 'string'
    ? { kind: 'not-understood', reason: callback, redacted: raw, credentials }
    : { kind: 'understood', callback, credentials }
}

function normalise(planted: Branch, raw: string): NormalisedCallback | string {
  const root = withDeviceIds(planted, branchesIn(planted))
  if (typeof root === 'string') return root
  const requestId = textAt(root, 'requestid')
  if (requestId === undefined || !/^[\x21-\x7e]{1,128}$/.test(requestId)) return 'no-request-id'
  const branches = branchesIn(root)
  const shape = shapeOf(root, branches)
  if (typeof shape === 'string') return shape
  const { profile } = shape
  const { identifiers, note } = mergeIdentifiers(root, profile)
  // A message without any device is about the whole request. One whose device cannot be read may be about any device.
  if (identifiers.length === 0 && namesDevice(branches)) return 'no-known-identifier'
  const evidence = evidenceOf(root, shape, branches)
  const decision = verdictOf(evidence)
  if (decision === undefined) return 'no-verdict'

  const callback: NormalisedCallback = {
    upstreamRequestId: canonicalId(requestId),
    identifiers,
    verdict: decision.verdict,
    digest: hash('sha256', JSON.stringify(root)),
    raw,
  }
  const notes = [decision.note, note].filter((one) => one !== undefined)
  if (notes.length > 0) callback.note = notes.join('; ')
  if (evidence.status !== undefined) callback.status = evidence.status
  const fault = evidence.fault ?? (decision.verdict === 'failed' ? evidence.error : undefined)
  if (fault !== undefined) callback.fault = fault
  const response = branchAt(root, 'deviceresponse')
  // A state beside the status is not documented. Read it anyway, because it may contradict the action.
  const state =
    carrierAnswer(response).state ??
    textAt(response, 'state') ??
    textAt(shape.envelope, 'state') ??
    textAt(root, 'state')
  if (state !== undefined) callback.state = state
  if (profile !== undefined) describeProfile(callback, profile)
  const assigned = assignedIn(root)
  if (assigned !== undefined) callback.assigned = assigned
  return callback
}

function evidenceOf(root: Branch, { envelope, profile }: CallbackShape, branches: readonly Branch[]): CallbackEvidence {
  const response = branchAt(root, 'deviceresponse')
  return {
    fault: faultIn(branches),
    error: errorIn(branches),
    // A status that is present but not a text counts as an undocumented one.
    euiccStatus: textAt(profile, 'euiccstatus') ?? (profile?.['euiccstatus'] === undefined ? undefined : 'unreadable'),
    euiccCode: textAt(profile, 'euiccstatuscode'),
    hasEuiccError: (textAt(profile, 'euiccerrorcode') ?? textAt(profile, 'euiccerrordesc')) !== undefined,
    addressUpdateStatus: textAt(profile, 'euiccsubaddressupdatestatus'),
    status: textAt(root, 'status') ?? textAt(envelope, 'status'),
    statuses: branches.flatMap((branch) => ('status' in branch ? (textAt(branch, 'status') ?? []) : [])),
    carrierSays: carrierAnswer(response).done,
  }
}

/** Copies the profile's members. ThingSpace's examples use `euiccStatusCode`, and a note uses `euiccErrorCode`. */
function describeProfile(callback: NormalisedCallback, profile: Branch): void {
  const profileStatus = textAt(profile, 'profilestatus')
  const state = textAt(profile, 'state')
  const profileRole = textAt(profile, 'profilerole')
  const status = textAt(profile, 'euiccstatus')
  const code = textAt(profile, 'euiccstatuscode') ?? textAt(profile, 'euiccerrorcode')
  const description = textAt(profile, 'euiccstatusdesc') ?? textAt(profile, 'euiccerrordesc')
  if (profileStatus !== undefined) callback.profileStatus = profileStatus
  if (state !== undefined) callback.state = state
  if (profileRole !== undefined) callback.profileRole = profileRole
  if ((status ?? code ?? description) === undefined) return
  callback.euicc = {}
  if (status !== undefined) callback.euicc.status = status
  if (code !== undefined) callback.euicc.code = code
  if (description !== undefined) callback.euicc.description = description
}

/** The message's own user name and password. `undefined` if it has neither member. An absent one is empty. */
function credentialsIn(message: Readonly<Record<string, unknown>>): CallbackCredentials | undefined {
  let username: string | undefined
  let password: string | undefined
  for (const [name, value] of Object.entries(message)) {
    const lowerCase = name.toLowerCase()
    if (lowerCase === 'username') username = secretText(value)
    else if (lowerCase === 'password') password = secretText(value)
  }
  if (username === undefined && password === undefined) return undefined
  return { username: username ?? '', password: password ?? '' }
}

const secretText = (value: unknown): string =>
  typeof value === 'string' ? unescapeTwice(value) : typeof value === 'number' ? String(value) : ''
