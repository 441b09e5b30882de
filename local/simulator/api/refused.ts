import type { ErrorCode } from './errors.ts'

/** Thrown by the checks of a request body. `readProfileRequest` converts it to an error response. */
export class Refused extends Error {
  readonly code: ErrorCode
  readonly detail: string
  constructor(code: ErrorCode, detail = '') {
    super(code)
    this.code = code
    this.detail = detail
  }
}
