import type * as z from 'zod/mini'
import { Findings, step } from '../../profile/order/body-faults.ts'
import type { ApiEvent } from '../api-call.ts'
import { readJsonBody } from '../json-body.ts'
import { invalidBody } from '../problem.ts'

/** Reads the body of a decision. An absent body counts as `{}`. */
export function readDecision<Schema extends z.ZodMiniType>(schema: Schema, event: ApiEvent): z.infer<Schema> {
  const empty = event.body === undefined || event.body === ''
  const parsed = schema.safeParse(empty ? {} : readJsonBody(event))
  if (parsed.success) return parsed.data
  const faults = new Findings()
  for (const { path, message } of parsed.error.issues) faults.add(path.map(step).join(''), 'invalid', message)
  throw invalidBody(faults)
}
