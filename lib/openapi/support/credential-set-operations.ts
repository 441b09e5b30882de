import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { Flow, flowExample, json, Latch, latchExample, operating } from './operating-answers.ts'

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
      [],
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
        responses: json('The latch as it is now.', Latch, latchExample),
      },
      ['account-not-allowed', 'not-found', 'nothing-to-open'],
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
      [],
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
        responses: json('The flow as it is now.', Flow, {
          ...flowExample,
          pausedUntil: null,
          pausedBecause: null,
        }),
      },
      ['account-not-allowed', 'not-found', 'nothing-to-resume'],
    ),
  },
}
