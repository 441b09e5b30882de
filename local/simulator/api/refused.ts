import type { ErrorCode } from './errors.ts'

/** Thrown where a body is found to be bad, and answered by its reader. */
export class Refused extends Error {
  readonly code: ErrorCode
  readonly detail: string
  constructor(code: ErrorCode, detail = '') {
    super(code)
    this.code = code
    this.detail = detail
  }
}
