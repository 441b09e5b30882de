import * as z from 'zod'
import {
  Problem as ProblemBody,
  problemBody,
  type ProblemCode,
  type ProblemMembers,
  problems,
} from '../http/problem.ts'
import { planAdvice } from './support/plan-problems.ts'

/** Cause, cure and example of each problem. docs/api.md has the same table, and a test compares them. */
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
    cure: 'see `upstream.code`; fix the order and use a new key, or `/retry`',
    example: {
      detail: 'ThingSpace refused the request; nothing was done',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
      upstream: { status: 400, code: 'REQUEST_FAILED.DeviceNotFound', message: 'The device could not be found.' },
    },
  },
  'insufficient-scope': {
    cause: 'the token lacks the scope of the route, or carries it in another claim',
    cure: 'ask the issuer for a token with one of `requiredScopes`',
    example: { detail: 'the token needs the scope profiles:write', requiredScopes: ['profiles:write'] },
  },
  'access-token-required': {
    cause: 'the token is an ID token or a refresh token',
    cure: 'send the access token',
    example: { detail: 'send an access token, not an ID or refresh token' },
  },
  'caller-unknown': {
    cause: 'the first of `sub`, `client_id` and `azp` in the token is empty, or it has none',
    cure: 'use a token that identifies its app',
    example: { detail: 'the token needs a claim sub, client_id or azp that is not empty' },
  },
  'account-not-allowed': {
    cause: "the token's claim `accounts` does not list this account",
    cure: 'use another account or token',
    example: { detail: 'the token does not allow this account name' },
  },
  'account-not-served': {
    cause: 'ThingSpace sends the results of this account to no one or to another system; nothing was stored',
    cure: 'use the gateway that serves the account, or ask its operators',
    example: {
      detail: 'this gateway is not set up to receive the results of this account; nothing was stored or sent',
    },
  },
  'unknown-action': {
    cause: 'the action does not exist',
    cure: '`detail` lists the actions',
    example: { detail: 'the actions are download, download_enable, ...' },
  },
  'not-found': {
    cause: 'the request does not exist, has expired, or is not yours',
    cure: 'check the id',
    example: { detail: 'you have no request with this id' },
  },
  'not-acceptable': {
    cause: '`Accept` names no available format',
    cure: 'use JSON, CSV or NDJSON',
    example: { detail: 'application/json, text/csv or application/x-ndjson' },
  },
  'nothing-to-retry': {
    cause: 'no submission can be retried',
    cure: '`detail` lists their states',
    example: { detail: 'its submissions are submitted', requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11' },
  },
  'may-have-run': {
    cause: 'ThingSpace sent callbacks that may be about it',
    cure: 'check the devices; retry later, or use `despiteCallbacks`',
    example: {
      detail:
        'ThingSpace sent callbacks about its devices for 595f5c44-c31c-4552-8670-020a1545a84d, which no answer has named. They may belong to this request or to another one for the same devices, so download might run twice. Check the devices at ThingSpace and try again later, or send {"despiteCallbacks": true}',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  ...planAdvice,
  'nothing-to-cancel': {
    cause: 'every submission was sent or has ended',
    cure: 'wait for the results',
    example: { detail: 'its submissions are submitted', requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11' },
  },
  'nothing-to-reorder': {
    cause: 'no device that fits the filter may be ordered again',
    cure: '`detail` says why; `acceptRisk` orders devices that may still succeed',
    example: {
      detail: 'no device can be ordered again: 2 may-still-succeed',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  'not-recorded': {
    cause: 'this version does not understand the message in quarantine, or its sender was not authenticated',
    cure: 'deploy code that reads it, vouch for its sender, or dismiss it',
    example: { detail: 'the message stays in quarantine (not-understood: no-verdict)' },
  },
  'needs-command-line': {
    cause: 'dead letters of changes name no requests, so they cannot be sent back',
    cure: 'run the command that `detail` names',
    example: { detail: 'batches of changes name no requests: run "npm run ops -- redrive changes"' },
  },
  'nothing-to-open': {
    cause: 'no login has failed, or the latch has changed meanwhile',
    cure: 'look at the latch again',
    example: { detail: 'no login has failed' },
  },
  'nothing-to-resume': {
    cause: 'no pause holds the calls, or they went on meanwhile',
    cure: 'look at the flow again',
    example: { detail: 'no pause holds its calls' },
  },
  'body-too-large': {
    cause: 'the body is over 5 MiB',
    cure: 'send several requests',
    example: { detail: 'at most 5242880 bytes' },
  },
  'unsupported-media-type': {
    cause: 'neither `application/json` nor a type that ends in `+json`',
    cure: 'set `Content-Type`',
    example: { detail: 'send Content-Type: application/json' },
  },
  'idempotency-key-reused': {
    cause: 'the key was used for another order',
    cure: 'use a new key for each new order',
    example: {
      detail: 'request 3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11 used this key with another body',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  'not-finished': {
    cause: 'the decision has not reached all submissions in time',
    cure: 'send the same decision again',
    example: {
      detail: '4000 submissions were changed, 6000 are left; send the same decision again',
      requestId: '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11',
    },
  },
  'internal-error': {
    cause: 'an unexpected error in the gateway',
    cure: 'repeat with the same key; look up `instance` in the log',
    example: { detail: 'see the log entries of this call' },
  },
  'not-stored': {
    cause: 'the order could not be stored',
    cure: 'repeat with the same key after `Retry-After`',
    example: { detail: 'the request could not be stored; send it again with the same Idempotency-Key' },
  },
}

const isCode = (name: string): name is ProblemCode => Object.hasOwn(problems, name)
export const problemCodes: readonly ProblemCode[] = Object.keys(problems).filter(isCode)

export const Problem = z.object({ ...ProblemBody.shape, code: z.enum(problemCodes) }).meta({
  id: 'Problem',
  description: "RFC 9457, with ThingSpace's `errorCode` and `errorMessage`. Branch on `code`.",
})

/** One example of each problem, built like a real answer. */
export const problemExamples = Object.fromEntries(
  problemCodes.map((code) => {
    const { cause, cure, example } = advice[code]
    const value = problemBody(code, example, 'JKJaXmPLvHcESHA=')
    return [code, { summary: code, description: `Cause: ${cause}. Cure: ${cure}.`, value }]
  }),
)
