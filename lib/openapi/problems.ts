import * as z from 'zod'
import {
  Problem as ProblemBody,
  problemBody,
  type ProblemCode,
  type ProblemMembers,
  problems,
} from '../http/problem.ts'

/** What a caller can do about each problem. docs/api.md has the same table; a test holds them together. */
export const advice: Readonly<Record<ProblemCode, { cause: string; cure: string; example: ProblemMembers }>> = {
  'malformed-json': {
    cause: 'the body cannot be parsed, or is not UTF-8',
    cure: 'send JSON in UTF-8',
    example: { detail: 'the body could not be parsed' },
  },
  'invalid-body': {
    cause: 'a member, identifier or device is wrong',
    cure: 'see `errors`',
    example: {
      detail: '/devices/0/deviceIds: this request needs an ICCID of every device',
      errors: [
        {
          pointer: '/devices/0/deviceIds',
          code: 'missing-identifier',
          detail: 'this request needs an ICCID of every device',
        },
      ],
      errorCount: 1,
    },
  },
  'invalid-parameter': {
    cause: 'a query or path parameter is wrong',
    cure: 'see `errors`; start a list again without its cursor',
    example: {
      detail: 'the cursor does not belong to this list',
      errors: [{ pointer: '?cursor', code: 'invalid', detail: 'start the list again without a cursor' }],
    },
  },
  'invalid-idempotency-key': {
    cause: 'sent twice, empty, longer than 255, with a quote inside, or not printable ASCII',
    cure: 'send another key',
    example: { detail: 'send the header once: 1 to 255 printable ASCII characters, bare or in quotes' },
  },
  'refused-by-thingspace': {
    cause: 'ThingSpace refused the order',
    cure: 'see `upstream.code`; mend and order anew with a new key, or `/retry`',
    example: {
      detail: 'ThingSpace refused the request; nothing was done',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
      upstream: { status: 400, code: 'REQUEST_FAILED.DeviceNotFound', message: 'The device could not be found.' },
    },
  },
  'caller-unknown': {
    cause: 'the first of `sub`, `client_id` and `azp` in the token is empty, or it has none',
    cure: 'a token that names its app',
    example: { detail: 'the token needs a claim sub, client_id or azp with a value' },
  },
  'account-not-allowed': {
    cause: "the token's `accounts` does not have this account",
    cure: 'another account, or another token',
    example: { detail: 'the token does not allow this account name' },
  },
  'unknown-action': {
    cause: 'no such action',
    cure: '`detail` lists them',
    example: { detail: 'the actions are download, download_enable, ...' },
  },
  'not-found': {
    cause: 'no such request, not yours, or no longer kept',
    cure: 'check the id',
    example: { detail: 'no request of yours has this id' },
  },
  'not-acceptable': {
    cause: '`Accept` names no form we have',
    cure: 'JSON, CSV or NDJSON',
    example: { detail: 'application/json, text/csv or application/x-ndjson' },
  },
  'nothing-to-retry': {
    cause: 'no submission can be retried',
    cure: '`detail` says in which states they are',
    example: { detail: 'its submissions are submitted', requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11' },
  },
  'may-have-run': {
    cause: 'callbacks came that may be about it',
    cure: 'look at the devices; later, or with `despiteCallbacks`',
    example: {
      detail:
        'ThingSpace has called back about its devices as 595f5c44-c31c-4552-8670-020a1545a84d, which no answer ever named. It cannot be told whether that was this order or another of the same devices, so download might run twice. Look at the devices at ThingSpace; try again later; or send {"despiteCallbacks": true}',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  'nothing-to-cancel': {
    cause: 'all of it was sent or is over',
    cure: 'let it end',
    example: { detail: 'its submissions are submitted', requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11' },
  },
  'body-too-large': { cause: 'over 5 MiB', cure: 'several requests', example: { detail: 'at most 5242880 bytes' } },
  'unsupported-media-type': {
    cause: 'neither `application/json` nor a type that ends in `+json`',
    cure: 'set `Content-Type`',
    example: { detail: 'send Content-Type: application/json' },
  },
  'idempotency-key-reused': {
    cause: 'the key belongs to another order',
    cure: 'a new key for a new order',
    example: {
      detail: 'request 3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11 has this key and another body',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  'not-finished': {
    cause: 'a decision has not reached all submissions in time',
    cure: 'send the same decision again',
    example: {
      detail: '4000 submissions were changed and 6000 not reached in time; send the same decision again',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  'internal-error': {
    cause: 'a fault of ours',
    cure: 'repeat with the same key; look up `instance` in the log',
    example: { detail: 'see the log of this request' },
  },
  'not-stored': {
    cause: 'the order could not be recorded',
    cure: 'repeat with the same key after `Retry-After`',
    example: { detail: 'the request could not be recorded; repeat it with the same Idempotency-Key' },
  },
}

const isCode = (name: string): name is ProblemCode => Object.hasOwn(problems, name)
export const problemCodes: readonly ProblemCode[] = Object.keys(problems).filter(isCode)

export const Problem = z.object({ ...ProblemBody.shape, code: z.enum(problemCodes) }).meta({
  id: 'Problem',
  description: "RFC 9457, with ThingSpace's own `errorCode` and `errorMessage`. Branch on `code`.",
})

/** One example a code, as it is answered. */
export const problemExamples = Object.fromEntries(
  problemCodes.map((code) => {
    const { cause, cure, example } = advice[code]
    const value = problemBody(code, example, 'JKJaXmPLvHcESHA=')
    return [code, { summary: code, description: `Cause: ${cause}. Cure: ${cure}.`, value }]
  }),
)
