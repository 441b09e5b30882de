import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, expectTypeOf, test } from 'vitest'
import { type Fields, reservedFields } from '../../lib/profile/ports.ts'

test('the compiler refuses log fields of exactly those names that the logger keeps for itself', () => {
  const constants = join(import.meta.dirname, '../../node_modules/@aws-lambda-powertools/logger/lib/cjs/constants.js')
  const { ReservedKeys } = createRequire(import.meta.url)(constants) as { ReservedKeys: string[] }
  expect([...reservedFields].toSorted()).toEqual(ReservedKeys.toSorted())
  expectTypeOf<{ callbackService: string }>().toExtend<Fields>()
  expectTypeOf<{ service: string }>().not.toExtend<Fields>()
  expectTypeOf<{ message: string }>().not.toExtend<Fields>()
})
