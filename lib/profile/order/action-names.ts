import * as z from 'zod/mini'

/** Which body an action has. The path does not say; the body decides. */
export const Family = z.enum(['local', 'device', 'global', 'consumer'])
export type Family = z.infer<typeof Family>

export const ActionName = z.enum([
  'download',
  'download_enable',
  'download_disable',
  'enable',
  'disable',
  'delete',
  'setfallbackattribute',
  'activate',
  'activate_enable',
  'deactivate',
  'profile_suspend',
  'profile_resume',
  'device_suspend',
  'device_resume',
  'serviceplan',
  'renew_activation_code',
])
export type ActionName = z.infer<typeof ActionName>
