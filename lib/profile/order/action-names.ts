import * as z from 'zod/mini'

/**
 * The variants of ThingSpace's request body. Several actions have more than one variant under the same path, so the
 * members and identifier kinds of a body decide which one it is (body-family.ts).
 */
export const Family = z.enum(['local', 'device', 'global', 'consumer'])
export type Family = z.infer<typeof Family>

/** The actions, spelled as in ThingSpace's paths. */
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
