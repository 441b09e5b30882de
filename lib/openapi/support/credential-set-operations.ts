import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { ResumeBody } from '../../http/operate/flows.ts'
import { OpenBody } from '../../http/operate/latches.ts'
import { Flow, flowExample, json, Latch, latchExample, operating, withBody } from './operating-answers.ts'

/** The routes about credential sets: whether the gateway logs in with them, and how many calls it makes. */
export const credentialSetPaths: ZodOpenApiPathsObject = {
  '/v1/operate/latches': {
    get: operating(
      {
        operationId: 'listLatches',
        summary: 'List whether the gateway logs in to ThingSpace',
        description:
          'After two failed logins with one secret the gateway stops, because Verizon locks the user at five.',
        responses: json('The latch of each credential set.', z.object({ items: z.array(Latch) }), {
          items: [latchExample],
        }),
      },
      ['invalid-parameter'],
    ),
  },
  '/v1/operate/latches/{credentialSet}/open': {
    post: operating(
      {
        operationId: 'openLatch',
        summary: 'Forget failed logins, so that two more are attempted',
        description:
          'Fix the cause first. A token of single accounts may not open a latch, which concerns all accounts.',
        requestParams: { path: z.object({ credentialSet: z.string().min(1) }) },
        requestBody: {
          content: {
            'application/json': {
              schema: z.strictObject(OpenBody.shape).meta({
                id: 'LatchOpening',
                description: 'With `failedLogins`, the latch is opened only if as many logins have failed.',
              }),
              examples: { two: { value: { failedLogins: 2 } } },
            },
          },
        },
        responses: json('The latch as it is now.', Latch, latchExample),
      },
      [...withBody, 'account-not-allowed', 'not-found', 'nothing-to-open'],
    ),
  },
  '/v1/operate/flows': {
    get: operating(
      {
        operationId: 'listFlows',
        summary: 'List how many calls to ThingSpace are made at once',
        description:
          'The gateway makes fewer calls while ThingSpace has trouble, and none during a pause. Orders wait meanwhile without using up attempts.',
        responses: json('The flow of each credential set.', z.object({ items: z.array(Flow) }), {
          items: [flowExample],
        }),
      },
      ['invalid-parameter'],
    ),
  },
  '/v1/operate/flows/{credentialSet}/resume': {
    post: operating(
      {
        operationId: 'resumeFlow',
        summary: 'End a pause',
        description:
          'The gateway resumes by itself; use this only if ThingSpace is known to take calls again. The limit stays, and after a stop ThingSpace must still answer a harmless call before an order is sent. A token of single accounts may not end a pause, which concerns all accounts.',
        requestParams: { path: z.object({ credentialSet: z.string().min(1) }) },
        requestBody: {
          content: {
            'application/json': {
              schema: z.strictObject(ResumeBody.shape).meta({
                id: 'PauseEnding',
                description: 'With `state`, the pause is ended only if the flow is still in this state.',
              }),
              examples: { stopped: { value: { state: 'stopped' } } },
            },
          },
        },
        responses: json('The flow as it is now.', Flow, {
          ...flowExample,
          pausedUntil: null,
          pausedBecause: null,
        }),
      },
      [...withBody, 'account-not-allowed', 'not-found', 'nothing-to-resume'],
    ),
  },
}
