/** The AWS account id of all local resources. */
export const accountId = '000000000000'

/** Credentials for the local endpoints. Emulators accept any, but the SDK requires some. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const
