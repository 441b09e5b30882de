import { type Answer, jsonAnswer, textAnswer } from './answers.ts'

/**
 * The ThingSpace error codes that the simulator uses, without the service name in front of them. The codes are documented
 * and stable. The texts are not, so clients must not match on them.
 */
const texts = {
  DeserializationFailed: 'A required element is missing, out of order or of the wrong type',
  'INPUT_INVALID.RequestUndefined': 'The request is empty',
  'INPUT_INVALID.Request.InvalidCharacter': 'A field holds an apostrophe, a less-than sign or a backslash',
  'INPUT_INVALID.Account.NotDefined': 'The account name is missing',
  'INPUT_INVALID.Device.Kind.Invalid': 'The kind of a device identifier is not accepted here',
  'INPUT_INVALID.Device.Identifier.Invalid': 'A device identifier does not fit its kind',
  'INPUT_INVALID.NumberofDevices': 'More than 200 devices in one request',
  'INPUT_INVALID.MaxRequestsExceeded': 'More than 10,000 devices in one request',
  'INPUT_INVALID.SessionToken.Invalid': 'The session token is not valid',
  'INPUT_INVALID.Password.Invalid': 'The user name or the password is not valid',
  'REQUEST_FAILED.SessionToken.Expired': 'The session has expired',
  'REQUEST_FAILED.SessionToken.Format': 'The session token is missing from the header',
  'REQUEST_FAILED.AccountNotFound': 'There is no such account',
  'REQUEST_FAILED.DeviceNotFound': 'The device is not known on the account',
  'REQUEST_FAILED._servicePlan_.NotFound': 'The service plan is not known',
  'REQUEST_FAILED.UnexpectedError': 'Elements are missing or hold bad values',
} as const

export type ErrorCode = keyof typeof texts

/** Most pages document dotted codes. The Global IoT and set-fallback pages document "the 3-digit HTML error code". */
export type ErrorFormat = 'dotted' | 'three-digit'

const serviceName = 'UnifiedWebService'

/** The code as ThingSpace sends it, with the service name in front. */
const fullCode = (code: ErrorCode): string => `${serviceName}.${code}`

/** A synchronous error response, always with status 400. */
export const refusal = (code: ErrorCode, detail = '', format: ErrorFormat = 'dotted'): Answer => {
  const errorClass = /^[A-Z_]+(?=\.)/.exec(code)?.[0]
  const text = `${errorClass === undefined ? '' : `${errorClass}. `}${texts[code]}${detail === '' ? '' : `: ${detail}`}`
  return jsonAnswer(400, { errorCode: format === 'dotted' ? fullCode(code) : '400', errorMessage: text })
}

type GatewayFault = 'missing-basic' | 'missing-bearer' | 'invalid-credentials' | 'no-such-resource'

/** A response of the API gateway in front of ThingSpace (a WSO2 product), which rejects a call before ThingSpace. */
export const gatewayFault = (fault: GatewayFault, api: string): Answer => {
  switch (fault) {
    case 'missing-basic':
    case 'missing-bearer': {
      const scheme = fault === 'missing-basic' ? 'Basic' : 'Bearer'
      const header = `Authorization: ${scheme} ACCESS_TOKEN`
      return wso2(401, {
        code: '900902',
        message: 'Missing Credentials',
        description: `Required OAuth credentials not provided. Make sure your API invocation call has a header: "${header}"`,
      })
    }
    case 'invalid-credentials':
      return wso2(401, {
        code: '900901',
        message: 'Invalid Credentials',
        description: `Access failure for API: ${api}, version: v1. Make sure you have given the correct access token`,
      })
    case 'no-such-resource':
      return wso2(400, {
        code: '900906',
        message: 'No matching resource found in the API for the given request',
        description: `Access failure for API: ${api}, version: v1. Check the API documentation and add a proper REST resource path to the invocation URL`,
      })
  }
}

const wso2 = (status: number, fault: { code: string; message: string; description: string }): Answer =>
  jsonAnswer(status, { fault })

/** The only XML response of ThingSpace: status 403, with a 404 in the body. */
export const wrongAuthentication = (): Answer =>
  textAnswer(
    403,
    'application/xml; charset=UTF-8',
    '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>404</am:code><am:type>Status report</am:type><am:message>Not Found</am:message><am:description>The requested resource is not available.</am:description></am:fault>',
  )

/** The response to a malformed call of the token endpoint. */
export const oauthError = (error: string, description: string): Answer =>
  jsonAnswer(400, { error_description: description, error })
