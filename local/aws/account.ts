/** The account that the emulators answer for. */
export const accountId = '000000000000'

/** Emulators accept any credentials, and the SDK insists on some. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const
