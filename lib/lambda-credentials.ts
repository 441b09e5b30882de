import { fromEnv } from '@aws-sdk/credential-provider-env'

/**
 * Stands in for `@aws-sdk/credential-provider-node` in what is deployed (`alias` in serverless.yml). Lambda hands a
 * role's credentials to a function in its environment variables; the SDK's chain would look for them in profiles, SSO,
 * STS, web identities, processes and instance metadata besides: 135 KB for each cold start to read.
 */
export const defaultProvider = () => fromEnv()
