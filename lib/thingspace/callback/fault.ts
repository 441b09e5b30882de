import { type Branch, branchAt, isBranch, listAt, textAt } from './tree.ts'
import type { NormalisedCallback } from '../../profile/request/callback.ts'
import { withoutServiceName } from '../answer/error-body.ts'

export type Fault = NonNullable<NormalisedCallback['fault']>

/**
 * Names of a fault's members: the documented ones first (`faultcode`, `faultstring`), then those of other messages. All
 * names in this file are in lower case, as in the tree of a message (tree.ts).
 */
const codeNames = ['faultcode', 'errorcode', 'code', 'name'] as const
const messageNames = [
  'faultstring',
  'errormessage',
  'message',
  'description',
  'reason',
  'text',
  'detail',
  'errordescription',
  'error_description',
] as const
/** Members that hold a fault, or are one. */
const memberNames = ['faultresponse', 'fault', 'errorcode', 'errormessage'] as const
/** Texts of a fault member which say that there is no fault. */
const noFault: ReadonlySet<string> = new Set(['none', 'null', 'false', 'no', 'n/a'])

/** The code given to a fault without one. */
export const noCode = 'unspecified'

/**
 * Finds the fault of a message, in the first of its parts that has one. The parts are all objects of the message, the
 * outer ones first. A fault is a `faultResponse`, a Pascal-case `Fault` (an object or a text beside `Status` and
 * `Comment`), or the members of a synchronous error: `errorCode`, `errorMessage` or both.
 */
export function faultIn(parts: readonly Branch[]): Fault | undefined {
  for (const part of parts) {
    if (!memberNames.some((name) => name in part)) continue
    const fault = faultAt(part, 'faultresponse') ?? faultAt(part, 'fault') ?? synchronousErrorIn(part)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultAt(part: Branch | undefined, name: string): Fault | undefined {
  const branch = listAt(part, name).find(isBranch)
  if (branch === undefined) {
    const words = textAt(part, name)
    return words === undefined || noFault.has(words.toLowerCase()) ? undefined : faultOf(undefined, words)
  }
  const code = firstText(branch, codeNames)
  return faultOf(code, firstText(branch, messageNames) ?? (code === undefined ? textOf(branch) : undefined))
}

function synchronousErrorIn(part: Branch | undefined): Fault | undefined {
  const code = textAt(part, 'errorcode')
  const message = textAt(part, 'errormessage')
  return code === undefined && message === undefined ? undefined : faultOf(code, message)
}

/**
 * Finds an error in a member whose name begins with `error`, for messages without a fault. ThingSpace documents no such
 * member in callbacks. `verdictOf` gives it less weight than a fault.
 */
export function errorIn(parts: readonly Branch[]): Fault | undefined {
  for (const part of parts) {
    for (const name of Object.keys(part)) {
      const said = part[name]
      if (!name.startsWith('error') || said === false || said === 0 || said === '0') continue
      const isStructure = typeof said === 'object' || said === true
      const error = faultAt(part, name) ?? (isStructure ? faultOf(undefined, textOf({ [name]: said })) : undefined)
      if (error !== undefined) return error
    }
  }
  return undefined
}

function firstText(branch: Branch, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textAt(branch, name)
    if (text !== undefined) return text
  }
  return undefined
}

/** The JSON text of a fault whose members have unknown names. */
const textOf = (branch: Branch): string | undefined => textAt({ text: JSON.stringify(branch) }, 'text')

const faultOf = (code: string | undefined, message: string | undefined): Fault => ({
  code: withoutServiceName(code ?? noCode),
  ...(message === undefined ? {} : { message }),
})

/** Each member of a carrier's answer, its flag, and Verizon's other word for the resulting state. */
const carrierAnswers = [
  ['activateresponse', 'activated', 'active'],
  ['deactivateresponse', 'deactivated', 'deactive'],
  ['suspendresponse', 'suspended', 'suspend'],
  ['restoreresponse', 'restored', 'active'],
  ['resumeresponse', 'resumed', 'active'],
] as const

/**
 * Reads the state of a line from the carrier's answer, the `deviceResponse` of CarrierService. `done` says whether the
 * action was carried out. For `verdictOf`, true is a success if no status decides, and false turns a success into a
 * warning. Without `done`, the answer does not say.
 */
export function carrierAnswer(response: Branch | undefined): { state?: string; done?: boolean } {
  for (const [name, word, other] of carrierAnswers) {
    const answer = branchAt(response, name)
    const state = textAt(answer, 'state')
    const flag = isBranch(answer) ? answer[word] : undefined
    const said = typeof flag === 'string' ? flag.trim().toLowerCase() : flag
    if (said === true || said === 'true') return { state: state ?? word, done: true }
    if (said === false || said === 'false') return { ...(state === undefined ? {} : { state }), done: false }
    if (state !== undefined) return isOneOf(state, [word, other]) ? { state, done: true } : { state }
  }
  return {}
}

const isOneOf = (state: string, words: readonly string[]): boolean => words.includes(state.toLowerCase())
